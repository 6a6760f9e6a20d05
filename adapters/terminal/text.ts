import { stripVTControlCharacters } from "node:util"
import stringWidth from "string-width"

/** No terminal is wider; longer texts are not even looked at, so a message of megabytes costs nothing. */
const longest = 2000

const printableAscii = /^[\x20-\x7e]*$/
const whitespace = /[\t\n\v\f\r\u0085\u2028\u2029]+/g
// oxlint-disable-next-line no-control-regex -- finding them is the purpose
const c0 = /[\0-\x1f\x7f]/g
// C1 controls, and what turns the reading direction of the rest of the line around
// oxlint-disable-next-line no-control-regex -- as above
const invisible = /[\u0080-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })

/**
 * A text that can do nothing to a terminal: one line, escape sequences removed, other control characters as their pictures
 * (U+2400 and on), lone surrogates replaced.
 */
export function harmless(text: string): string {
  if (printableAscii.test(text)) return text.length > longest ? text.slice(0, longest) : text
  return stripVTControlCharacters(text.slice(0, longest))
    .replace(whitespace, " ")
    .replace(c0, (character) =>
      character === "\x7f" ? "\u2421" : String.fromCharCode(0x2400 + character.charCodeAt(0)),
    )
    .replace(invisible, "")
    .toWellFormed()
}

/** Columns that a harmless text takes: 2 for a wide character or an emoji, 0 for a combining mark. */
export function widthOf(text: string): number {
  return printableAscii.test(text) ? text.length : stringWidth(text)
}

/** A harmless text in at most `width` columns: cut between graphemes, `ellipsis` (one column) at the cut. */
export function cut(text: string, width: number, ellipsis: string): string {
  if (width <= 0) return ""
  if (text.length <= width && printableAscii.test(text)) return text
  if (widthOf(text) <= width) return text
  let kept = ""
  let room = width - 1
  for (const { segment } of graphemes.segment(text)) {
    room -= widthOf(segment)
    if (room < 0) break
    kept += segment
  }
  return kept.trimEnd() + ellipsis
}
