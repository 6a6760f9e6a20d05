import type { WebSocket } from "ws"
import { batchProtocol } from "../frame.ts"
import type { FrameStore } from "../frame-store.ts"
import { batchText, frameText, type KeptFrame } from "../kept-frame.ts"

/** More than this is never under way to one client: a slow one misses frames, which are told of, instead of filling the memory. */
const mostUnderWay = 1024 * 1024
const longestBatch = 256 * 1024
const farewellMs = 500

/** One reader of the frames: where it is in them, and what it knows. */
export class Client {
  readonly #socket: WebSocket
  readonly #store: FrameStore
  readonly #run: string
  /** The number of the next frame that it gets. Before the first one it is told of all that lives. */
  #next: number | undefined
  /** What lives, as it was before that frame, as far as it has not been sent yet. */
  #living: KeptFrame[] = []
  /** Nobody is missing among those. */
  #isComplete = true
  readonly #definitions = new Set<number>()
  #hasAnswered = true

  constructor(socket: WebSocket, store: FrameStore, run: string, from: number | undefined) {
    this.#socket = socket
    this.#store = store
    this.#run = run
    this.#next = from !== undefined && from <= store.next ? from : undefined
    socket.on("pong", () => (this.#hasAnswered = true))
  }

  /** Sends what there is, as much as the connection takes now. */
  pump(): void {
    const isBatched = this.#socket.protocol === batchProtocol
    while (this.#isReady() && this.#next !== this.#store.next) {
      if (isBatched) this.#sendBatch()
      else this.#sendFrames()
    }
  }

  beat(): void {
    if (!this.#hasAnswered) return this.#socket.terminate()
    this.#hasAnswered = false
    this.#socket.ping()
  }

  /** The server is going away. */
  end(): void {
    this.#socket.close(1001, "the inspector is closed")
    // One that does not answer is not waited for.
    setTimeout(() => this.#socket.terminate(), farewellMs)
  }

  #isReady(): boolean {
    return this.#socket.readyState === this.#socket.OPEN && this.#socket.bufferedAmount < mostUnderWay
  }

  #sendBatch(): void {
    const missed = this.#catchUp()
    const definitions: string[] = []
    const actors: string[] = []
    const frames: string[] = []
    for (let length = 0; length < longestBatch;) {
      const living = this.#living.pop()
      const frame = living ?? this.#take()
      if (frame === undefined) break
      const { definition } = frame
      if (definition !== undefined && !this.#definitions.has(definition.id)) {
        this.#definitions.add(definition.id)
        definitions.push(`"${definition.id}":${definition.json}`)
        length += definition.json.length
      }
      const text = batchText(frame)
      length += text.length
      const batch = living === undefined ? frames : actors
      batch.push(text)
    }
    const goesOn = this.#living.length > 0
    this.#send(
      `{"run":"${this.#run}","missed":${missed},"complete":${this.#isComplete},"goesOn":${goesOn},"definitions":{${definitions.join()}},"actors":[${actors.join()}],"frames":[${frames.join()}]}`,
    )
  }

  #sendFrames(): void {
    this.#catchUp()
    for (let count = 0; count < 100 && this.#isReady(); count++) {
      const frame = this.#living.pop() ?? this.#take()
      if (frame === undefined) return
      if (frame.type !== "counts") this.#send(frameText(frame))
    }
  }

  /** For one who begins, or for whom some frames are gone, and how many they are: what lives is told anew. */
  #catchUp(): number {
    const { first } = this.#store
    const next = this.#next ?? 0
    // A list that has begun is told to its end, whatever has gone meanwhile: begun anew each time, it would never be.
    if (next >= first || this.#living.length > 0) return 0
    this.#next = first
    // The next one is at the end.
    this.#living = [...this.#store.actors()].toReversed()
    this.#isComplete = this.#store.hasAllActors
    return next === 0 ? 0 : first - next
  }

  #take(): KeptFrame | undefined {
    const frame = this.#store.at(this.#next ?? this.#store.first)
    if (frame !== undefined) this.#next = frame.sequence + 1
    return frame
  }

  #send(text: string): void {
    // What is not under way yet is sent when this is gone.
    this.#socket.send(text, (error) => {
      if (error === undefined || error === null) this.pump()
    })
  }
}
