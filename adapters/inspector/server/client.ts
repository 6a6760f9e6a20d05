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
    const { actors, missed } = this.#catchUp()
    const definitions: string[] = []
    const write = (frame: KeptFrame): string => {
      const { definition } = frame
      if (definition !== undefined && !this.#definitions.has(definition.id)) {
        this.#definitions.add(definition.id)
        definitions.push(`"${definition.id}":${definition.json}`)
      }
      return batchText(frame)
    }
    const actorTexts = actors.map(write)
    const frames: string[] = []
    for (let length = 0; length < longestBatch;) {
      const frame = this.#take()
      if (frame === undefined) break
      const text = write(frame)
      frames.push(text)
      length += text.length
    }
    this.#send(
      `{"run":"${this.#run}","missed":${missed},"definitions":{${definitions.join()}},"actors":[${actorTexts.join()}],"frames":[${frames.join()}]}`,
    )
  }

  #sendFrames(): void {
    for (const actor of this.#catchUp().actors) this.#send(frameText(actor))
    for (let count = 0; count < 100 && this.#isReady(); count++) {
      const frame = this.#take()
      if (frame === undefined) return
      if (frame.type !== "counts") this.#send(frameText(frame))
    }
  }

  /** The living actors for one who begins, or who has missed so many frames that some are gone. */
  #catchUp(): { readonly actors: readonly KeptFrame[]; readonly missed: number } {
    const { first } = this.#store
    const next = this.#next ?? 0
    if (next >= first) return { actors: [], missed: 0 }
    this.#next = first
    return { actors: [...this.#store.actors()], missed: next === 0 ? 0 : first - next }
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
