/** A line beside the answer: stdout has the answer alone. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
