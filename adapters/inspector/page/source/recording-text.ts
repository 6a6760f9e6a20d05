import type { Frame } from "../../frame.ts"
import { isFrame } from "./is-frame.ts"

/** What a recording is saved as: a frame in each line. */
export function textOf(frames: readonly Frame[]): string {
  return frames.map((frame) => `${JSON.stringify(frame)}\n`).join("")
}

/**
 * Reads a recording.
 *
 * @throws SyntaxError with the line at fault. The last line may be cut off: the program has ended while it was written.
 */
export function framesIn(text: string): readonly Frame[] {
  const lines = text.split("\n")
  const frames: Frame[] = []
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue
    const frame = parse(line)
    if (isFrame(frame)) frames.push(frame)
    else if (index < lines.length - 1 || frames.length === 0)
      throw new SyntaxError(`line ${index + 1} is no frame of a recording`)
  }
  if (frames.length === 0) throw new SyntaxError("there is no frame in it")
  return frames
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
