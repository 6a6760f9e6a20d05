import type { Writable } from "node:stream"
import { StringDecoder } from "node:string_decoder"

/**
 * Diverts what the program writes to these streams (`console.log` in a body, say) to `print`, in whole lines, so that it can be
 * put above the frame. Returns what gives the streams back; an unfinished line is printed then.
 */
export function captureWrites(streams: readonly Writable[], print: (lines: string) => void): () => void {
  const restores = streams.map((stream) => captureStream(stream, print))
  return () => {
    for (const restore of restores) restore()
  }
}

function captureStream(stream: Writable, print: (lines: string) => void): () => void {
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was, never called
  const original = stream.write
  const decoder = new StringDecoder("utf8")
  let unfinished = ""
  const captured = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
    unfinished += typeof chunk === "string" ? chunk : decoder.write(chunk as Buffer)
    const end = unfinished.lastIndexOf("\n") + 1
    if (end > 0) print(unfinished.slice(0, end))
    unfinished = unfinished.slice(end)
    const done = typeof encoding === "function" ? encoding : callback
    if (typeof done === "function") process.nextTick(done)
    return true
  }
  stream.write = captured
  return () => {
    // someone who has put a write of his own on top keeps it
    if (stream.write === captured) stream.write = original
    if (unfinished !== "") print(`${unfinished}\n`)
    unfinished = ""
  }
}
