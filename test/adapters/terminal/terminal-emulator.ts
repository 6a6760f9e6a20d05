/** What a person sees: enough of a terminal to check every sequence that the live view writes, and to refuse any other. */
export class TerminalEmulator {
  columns: number
  rows: number
  cursorHidden = false
  /** Everything since the start, what scrolled away included. */
  #lines: string[] = [""]
  #row = 0
  #column = 0

  constructor(columns = 80, rows = 24) {
    this.columns = columns
    this.rows = rows
  }

  get lines(): readonly string[] {
    const lines = this.#lines.map((line) => line.trimEnd())
    while (lines.at(-1) === "") lines.pop()
    return lines
  }

  get atLineStart(): boolean {
    return this.#column === 0
  }

  write(text: string): void {
    // oxlint-disable-next-line no-control-regex -- escape sequences are what it reads
    for (const token of text.match(/\x1b\[[?\d;]*[A-Za-z]|[\s\S]/gu) ?? []) {
      if (token.startsWith("\x1b")) this.#obey(token)
      else if (token === "\n") this.#newLine()
      else if (token === "\r") this.#column = 0
      else this.#put(token)
    }
  }

  #obey(sequence: string): void {
    const count = Number.parseInt(sequence.slice(2), 10) || 1
    switch (sequence.slice(-1)) {
      case "A":
        // it cannot go above the screen
        this.#row = Math.max(this.#row - count, this.#lines.length - this.rows, 0)
        return
      case "K":
        this.#lines[this.#row] = this.#line().slice(0, this.#column)
        return
      case "J":
        this.#lines[this.#row] = this.#line().slice(0, this.#column)
        this.#lines.length = this.#row + 1
        return
      case "h":
      case "l":
        if (sequence.startsWith("\x1b[?25")) this.cursorHidden = sequence.endsWith("l")
        return
      case "m":
        return
      default:
        throw new Error(`A sequence that nobody expects: ${JSON.stringify(sequence)}`)
    }
  }

  #put(character: string): void {
    if (this.#column === this.columns) this.#newLine()
    this.#lines[this.#row] =
      this.#line().padEnd(this.#column).slice(0, this.#column) + character + this.#line().slice(this.#column + 1)
    this.#column++
  }

  #newLine(): void {
    this.#row++
    this.#column = 0
    if (this.#row === this.#lines.length) this.#lines.push("")
  }

  #line(): string {
    return this.#lines[this.#row] ?? ""
  }
}
