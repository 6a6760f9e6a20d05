const up = (lines: number): string => (lines > 0 ? `\x1b[${lines}A` : "")
const eraseToEndOfLine = "\x1b[K"
const eraseBelow = "\x1b[J"
// Synchronised output (mode 2026): terminals that know it show the frame at once, the others ignore it. The cursor is hidden
// only within the one write, so that no end of the process, not even SIGKILL, leaves it hidden.
const begin = "\x1b[?2026h\x1b[?25l"
const end = "\x1b[?25h\x1b[?2026l"

/**
 * What turns the frame on the screen into the next one, as one write. Between frames the cursor rests at the begin of the line
 * below; `permanent` is text, in whole lines, that goes above the frame and stays. Empty when there is nothing to change.
 */
export function frameUpdate(shown: readonly string[], permanent: string, next: readonly string[]): string {
  const same = shown.length === next.length && next.every((line, index) => line === shown[index])
  if (permanent === "" && same) return ""
  let text = begin + up(shown.length) + "\r"
  // erasing line by line instead of all at once is what does not flicker
  if (permanent !== "") text += permanent.replaceAll("\n", `${eraseToEndOfLine}\n`)
  for (const [index, line] of next.entries()) {
    const unchanged = permanent === "" && line === shown[index]
    text += unchanged ? "\n" : `${line}${eraseToEndOfLine}\n`
  }
  return text + eraseBelow + end
}

/**
 * How many lines the frame takes after the terminal became `columns` wide: terminals break the lines anew. Given as many empty
 * lines, `frameUpdate` draws the whole frame again.
 */
export function reflowed(widths: readonly number[], columns: number, rows: number): number {
  const lines = widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / Math.max(1, columns))), 0)
  return Math.min(lines, Math.max(0, rows - 1))
}
