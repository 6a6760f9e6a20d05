import { createInterface } from "node:readline"

/** Asks on the terminal; anything but yes is no, and so is Ctrl-C. */
export async function askYes(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await new Promise<boolean>((resolve) => {
      terminal.on("close", () => resolve(false))
      terminal.question(`${question} [y/N] `, (answer) => resolve(/^\s*y(es)?\s*$/i.test(answer)))
    })
  } finally {
    terminal.close()
  }
}
