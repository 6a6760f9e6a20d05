import { type Batch, type BatchFrame, batchProtocol, type Frame } from "../../frame.ts"
import type { Gap } from "../model/recording.ts"
import { isOfWindow } from "./window-source.ts"

export type Connection =
  | { readonly type: "connecting" }
  | { readonly type: "open" }
  /** It is tried again by itself. */
  | { readonly type: "lost"; readonly retryAt: number }

export interface LiveListener {
  /** The program has been started again: what is known is of another run. */
  restarted(): void
  received(frames: readonly (Frame | Gap)[], missed: number): void
  connection(state: Connection): void
}

const firstRetryMs = 500
const longestRetryMs = 8000

/** Reads the frames that the server of this page sends, and goes on where it was after a connection has been lost. */
export class LiveSource {
  readonly #url: URL
  readonly #listener: LiveListener
  readonly #definitions = new Map<number, string>()
  #socket: WebSocket | undefined
  /** What lives, and how many frames were missed before it, until all of it has come. */
  #living: Frame[] = []
  #missed = 0
  #run: string | undefined
  #last = 0
  #retryMs = firstRetryMs
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(page: URL, listener: LiveListener) {
    this.#url = new URL(page)
    this.#url.protocol = page.protocol === "https:" ? "wss:" : "ws:"
    this.#url.hash = ""
    this.#listener = listener
  }

  /** Begins anew: with all that the server still has. */
  start(): void {
    this.stop()
    this.#run = undefined
    this.#last = 0
    this.#connect()
  }

  stop(): void {
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
  }

  retryNow(): void {
    clearTimeout(this.#timer)
    if (this.#socket === undefined) this.#connect()
  }

  #connect(): void {
    this.#listener.connection({ type: "connecting" })
    if (this.#run !== undefined) {
      this.#url.searchParams.set("run", this.#run)
      this.#url.searchParams.set("after", String(this.#last))
    }
    this.#definitions.clear()
    this.#living = []
    this.#missed = 0
    const socket = new WebSocket(this.#url, batchProtocol)
    this.#socket = socket
    socket.addEventListener("open", () => {
      this.#retryMs = firstRetryMs
      this.#listener.connection({ type: "open" })
    })
    socket.addEventListener("message", ({ data }) => {
      if (this.#socket === socket) this.#receive(JSON.parse(String(data)) as Batch)
    })
    socket.addEventListener("close", () => {
      if (this.#socket !== socket) return
      this.#socket = undefined
      this.#listener.connection({ type: "lost", retryAt: Date.now() + this.#retryMs })
      this.#timer = setTimeout(() => this.#connect(), this.#retryMs)
      this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs)
    })
  }

  #receive({ run, missed, complete, goesOn, definitions, actors, frames }: Batch): void {
    if (this.#run !== run) {
      if (this.#run !== undefined) this.#listener.restarted()
      this.#run = run
    }
    for (const [id, definition] of Object.entries(definitions)) this.#definitions.set(Number(id), definition)
    // Told from the beginning once more.
    if (missed > 0) this.#living = []
    this.#missed += missed
    for (const actor of actors) this.#living.push(this.#explain(actor))
    if (goesOn) return
    const told = complete && this.#missed > 0 ? [gapBefore(this.#living), ...this.#living] : this.#living
    const all = this.#missed
    this.#living = []
    this.#missed = 0
    this.#last = Number(frames.at(-1)?.id ?? this.#last)
    this.#listener.received([...told, ...frames.map((frame) => this.#explain(frame))], all)
  }

  #explain(frame: BatchFrame): Frame {
    if (frame.type !== "@xstate.actor") return frame
    const { definition, ...rest } = frame
    return definition === undefined ? rest : { ...rest, definition: this.#definitions.get(definition) }
  }
}

/** Whoever is not told of as living has ended where nobody saw it. */
function gapBefore(living: readonly Frame[]): Gap {
  const names = new Set(living.map((frame) => ("sessionId" in frame ? frame.sessionId : "")))
  return { type: "gap", isOver: (sessionId) => !names.has(sessionId) && !isOfWindow(sessionId) }
}
