import { cut, widthOf } from "./text.ts"
import type { Theme, Tone } from "./theme.ts"

/** A piece of a line: harmless text, and what it means. */
export interface Span {
  readonly text: string
  readonly tone: Tone
}

export function span(text: string, tone: Tone = "plain"): Span {
  return { text, tone }
}

/** One line in at most `width` columns, coloured after it is cut: an escape code is never cut through. */
export function paintLine(spans: readonly Span[], width: number, theme: Theme): string {
  let room = width
  let line = ""
  for (const { text, tone } of spans) {
    if (room <= 0) break
    const piece = cut(text, room, theme.glyphs.ellipsis)
    room -= widthOf(piece)
    line += theme.paint(tone, piece)
    if (piece !== text) break
  }
  return line
}

/** `text` with spaces up to `width` columns. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)))
}
