import { closeSync, openSync, writeSync } from "node:fs"
import { frameText } from "./kept-frame.ts"
import type { Recorder } from "./recorder.ts"

/**
 * Writes each frame as a line of JSON into a file, from the beginning. It is written at once, and once more when the program ends, so that
 * a recording has its end as well.
 *
 * @returns What ends that.
 * @throws What the file system says of a file that cannot be written.
 */
export function recordTo(path: string, recorder: Recorder): () => void {
  const file = openSync(path, "w")
  const { store } = recorder
  let next = store.first
  let isCutOff = false
  const write = (): void => {
    // Whoever reads it finds the next line, and passes over the one that was cut off.
    const lines: string[] = isCutOff ? ["\n"] : []
    for (; next < store.next; next++) {
      const frame = store.at(next)
      if (frame !== undefined) lines.push(frameText(frame), "\n")
    }
    isCutOff = true
    writeAll(file, Buffer.from(lines.join("")))
    isCutOff = false
  }
  const stopReading = recorder.onFlush(write)
  const flush = (): void => recorder.flush()
  process.once("exit", flush)
  return () => {
    flush()
    stopReading()
    process.off("exit", flush)
    closeSync(file)
  }
}

/** The system may take less of it at once. */
function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written)
}
