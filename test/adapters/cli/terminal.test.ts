import { describe, expect, test } from "vitest"
import { TerminalEmulator } from "../terminal/terminal-emulator.ts"
import { hasTerminal, onTerminal } from "./on-terminal.ts"

const ctrlC = "\x03"

function screenOf(output: string): TerminalEmulator {
  const terminal = new TerminalEmulator(70, 12)
  terminal.write(output)
  return terminal
}

describe.runIf(hasTerminal)("on a terminal", () => {
  test("leaves the settled tree, what was printed, and the output", async () => {
    const { stdout, code } = await onTerminal("run jobs.ts chatty").ended
    const terminal = screenOf(stdout)
    expect(terminal.lines.map((line) => line.replace(/\d+\.\ds/, "0.0s"))).toEqual([
      "printed by the body",
      "✔ chatty  0.0s  1 child",
      "  ✔ greet someone  0.0s",
      "done",
    ])
    expect(terminal.cursorHidden).toBe(false)
    expect(code).toBe(0)
  })

  test("shows the living tree; Ctrl-C cancels and says so", async () => {
    const program = onTerminal("run jobs.ts forever")
    await program.printed("⠙ forever")
    program.child.stdin?.write(ctrlC)
    const { stdout, code } = await program.ended
    const terminal = screenOf(stdout)
    expect(terminal.lines.map((line) => line.replace(/\d+\.\ds/, "0.0s"))).toEqual([
      "forever: ready",
      "Cancelling; press Ctrl-C again to terminate",
      "◼ forever  0.0s  cancelled: interrupted · tidied up",
    ])
    expect(terminal.cursorHidden).toBe(false)
    expect(code).toBe(130)
  })

  test("a second Ctrl-C terminates", async () => {
    const program = onTerminal("run jobs.ts stubborn")
    await program.printed("⠙ stubborn")
    program.child.stdin?.write(ctrlC)
    await program.printed("cancelling")
    program.child.stdin?.write(ctrlC)
    const { stdout, code } = await program.ended
    expect(screenOf(stdout).lines).toContain("Terminating")
    expect(code).toBe(130)
  })

  test("is coloured, unless NO_COLOR forbids it", async () => {
    const colourful = await onTerminal("run jobs.ts add 1 2", { NO_COLOR: "" }).ended
    expect(colourful.stdout).toContain("\x1b[32m✔")
    const plain = await onTerminal("run jobs.ts add 1 2").ended
    // oxlint-disable-next-line no-control-regex -- a colour is what it looks for
    expect(plain.stdout).not.toMatch(/\x1b\[\d+m/)
  })

  test("a dumb one gets plain lines", async () => {
    const { stdout } = await onTerminal("run jobs.ts add 1 2", { TERM: "dumb" }).ended
    expect(stdout).toMatch(/^add: running\r\nadd: completed in .*\r\n3\r\n$/)
  })
})
