import type { FromWorker } from "../worker/envelopes.ts"
import { encodeFrame } from "./frames.ts"
import { encodeShortFrame } from "./short-frames.ts"

/** In bytes: with more of them, the copy that joins the frames would cost more than the call to the system that it saves. */
const mostHeld = 64 * 1024

/** What a process writes: each batch as a frame, those that may wait together with the next one. */
export class HeldFrames {
  readonly #write: (bytes: Uint8Array) => void
  #held: Uint8Array[] = []
  #length = 0

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write
  }

  /** Throws for what cannot be cloned, and holds none of it then. */
  hold(batch: readonly FromWorker[]): void {
    const frame = encodeFrame(batch)
    if (this.#length + frame.length > mostHeld) this.#release()
    if (frame.length > mostHeld) return this.#write(frame)
    this.#held.push(frame)
    this.#length += frame.length
  }

  /** Throws as `hold`; what was held goes later then. An empty batch lets go what is held. */
  post(batch: readonly FromWorker[]): void {
    const frame = batch.length === 0 ? undefined : (encodeShortFrame(batch) ?? encodeFrame(batch))
    this.#release()
    if (frame !== undefined) this.#write(frame)
  }

  #release(): void {
    if (this.#length === 0) return
    const held = this.#held
    this.#held = []
    this.#length = 0
    this.#write(Buffer.concat(held))
  }
}
