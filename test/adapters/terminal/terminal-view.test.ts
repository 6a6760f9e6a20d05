import { Writable } from "node:stream"
import { describe, expect, test } from "vitest"
import { captureWrites } from "../../../adapters/terminal/capture-writes.ts"
import { terminalView, type TerminalViewOptions } from "../../../adapters/terminal/terminal-view.ts"
import { snapshotOf, Story } from "./story.ts"

class Sink extends Writable {
  text = ""
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

function linesOf(tell: (story: Story) => void, options: TerminalViewOptions = {}, story = new Story()): string[] {
  const stream = new Sink()
  const terminal = terminalView(story, { stream, env: {}, ...options })
  tell(story)
  terminal.stop()
  return stream.text.split("\n").slice(0, -1)
}

describe("where there is no terminal", () => {
  test("each change of state and each outcome is a line, children with their path", () => {
    const lines = linesOf((story) => {
      story.start("audit").start("walk", { parent: "audit" })
      story.after(800).report("walk", 1, "12 files").complete("walk")
      story.start("parse", { parent: "audit" }).fail("parse", "not\nJSON")
      story.start("last", { parent: "audit" })
      story.state("audit", { status: "running", phase: "cancelling", attempt: 1 })
      story.end("last", { status: "cancelled", reason: { type: "parent", parent: "audit" } }).cancel("audit")
    })
    expect(lines).toEqual([
      "audit: running",
      "audit › walk: running",
      "audit › walk: completed in 0.8s: 12 files",
      "audit › parse: running",
      "audit › parse: failed in 0.0s: Error: not JSON",
      "audit › last: running",
      "audit: cancelling",
      "audit › last: cancelled in 0.0s: with its parent",
      "audit: cancelled in 0.8s: requested · 3 children: 1 completed, 1 failed, 1 cancelled",
    ])
  })

  test("waiting for an instant and further attempts are told, waiting for a slot is not", () => {
    const lines = linesOf((story) => {
      story
        .submit("a")
        .state("a", { phase: "delayed", nextAttemptAt: story.now + 5000 })
        .state("a", { phase: "queued" })
      const failure = { type: "error", error: new RangeError("no") } as const
      story
        .run("a")
        .state("a", { phase: "backoff", attempt: 1, failure, nextAttemptAt: story.now + 1000 })
        .run("a", 2)
    })
    expect(lines).toEqual([
      "a: starts in 5.0s",
      "a: running",
      "a: attempt 2 in 1.0s · RangeError: no",
      "a: running, attempt 2",
    ])
  })

  test("progress is a line only where the task has said nothing for two seconds", () => {
    const lines = linesOf((story) => {
      story.start("a").report("a", 0.1, "no").after(1999).report("a", 0.2, "no")
      story.after(1).report("a", 0.3, "yes").after(500).report("a", 0.4, "no").after(1500).report("a", 0.5)
    })
    expect(lines).toEqual(["a: running", "a: 30% yes", "a: 50% no"])
  })

  test("of many children only failures get a line", () => {
    const lines = linesOf((story) => {
      story.start("p")
      for (let child = 0; child < 100; child++) story.submit(`c${child}`, { parent: "p" })
      for (let child = 0; child < 99; child++) story.run(`c${child}`).complete(`c${child}`)
      story.run("c99").fail("c99", "broke").complete("p")
    })
    expect(lines).toEqual([
      "p: running",
      "p › c99: failed in 0.0s: Error: broke",
      "p: completed in 0.0s: 100 children: 99 completed, 1 failed",
    ])
  })

  test("log lines from the given level on are printed, hidden tasks are not", () => {
    const tell = (story: Story): void => {
      story.start("hidden", { visible: false }).log("hidden", "error", "no").complete("hidden")
      story.start("a").log("a", "debug", "d").log("a", "info", "i %d", 1).log("a", "error", "e", { x: 1 })
    }
    expect(linesOf(tell)).toEqual(["a: running", "a: i 1", "a: error: e { x: 1 }"])
    expect(linesOf(tell, { log: "none" })).toEqual(["a: running"])
    expect(linesOf(tell, { log: "debug" })).toContain("a: debug: d")
  })

  test("there are no escape codes, unless FORCE_COLOR asks for them", () => {
    const tell = (story: Story): void =>
      void story.start("a", { name: "a\x1b[2J" }).report("a", 0, "\x1b[1mbold").fail("a", "\x1b]0;x\x07")
    expect(linesOf(tell).join("")).not.toContain("\x1b")
    expect(linesOf(tell, { env: { FORCE_COLOR: "1" } }).join("")).toContain("\x1b[31mfailed\x1b[39m")
  })

  test("what was alive before counts, and after the stop nothing is printed", () => {
    const story = new Story()
    story.snapshot = { ...story.snapshot, tasks: [snapshotOf({ id: "old", startedAt: story.now })] }
    expect(linesOf(() => story.complete("old"), {}, story)).toEqual(["old: completed in 0.0s"])
    expect(story.listeners).toBe(0)
  })

  test("a reader that goes away ends the view and nothing else", async () => {
    const story = new Story()
    const stream = new Sink()
    terminalView(story, { stream, env: {} })
    const failed = new Promise((resolve) => stream.on("error", resolve))
    stream.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }))
    await failed
    expect(story.listeners).toBe(0)
    story.start("a")
  })
})

test("a live tree is refused where there is no terminal", () => {
  expect(() => terminalView(new Story(), { stream: new Sink(), live: true })).toThrow(
    "Cannot draw a live tree: the stream is not a terminal; leave out `live`, or give a tty.WriteStream",
  )
})

describe("what the program itself prints", () => {
  test("is handed over in whole lines, characters whole, until the stream is given back", async () => {
    const stream = new Sink()
    const printed: string[] = []
    const restore = captureWrites([stream], (lines) => printed.push(lines))
    stream.write("one\ntw")
    stream.write(Buffer.from("o\né").subarray(0, 3))
    stream.write(Buffer.from("é").subarray(1), () => printed.push("called back"))
    await new Promise((resolve) => process.nextTick(resolve))
    restore()
    stream.write("through")
    expect(printed).toEqual(["one\n", "two\n", "called back", "é\n"])
    expect(stream.text).toBe("through")
  })

  test("goes through whoever put a write of his own on top", () => {
    const stream = new Sink()
    const restore = captureWrites([stream], () => undefined)
    const own = (): boolean => true
    stream.write = own
    restore()
    expect(stream.write).toBe(own)
  })
})
