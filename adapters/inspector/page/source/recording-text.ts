import type { Frame } from "../../frame.ts"
import { isFrame } from "./is-frame.ts"

/** What a recording is saved as: a frame in each line. */
export function textOf(frames: readonly Frame[]): string {
  return frames.map((frame) => `${JSON.stringify(frame)}\n`).join("")
}

/** What a file has of a recording. */
export interface ReadRecording {
  readonly frames: readonly Frame[]
  /** How many of its lines are no frames: they were cut off while they were written. The last one may be, and does not count. */
  readonly broken: number
}

/** @throws SyntaxError for what is no recording. */
export function framesIn(text: string): ReadRecording {
  const lines = text.split("\n")
  const frames: Frame[] = []
  const broken: number[] = []
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue
    const frame = parse(line)
    if (isFrame(frame)) frames.push(frame)
    else broken.push(index + 1)
  }
  if (frames.length === 0)
    throw new SyntaxError(
      broken.length > 0 ? `line ${broken[0]} is no frame of a recording` : "there is no frame in it",
    )
  return { frames, broken: broken.filter((line) => line < lines.length).length }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
