import { beforeEach, describe, expect, test } from "vitest"
import { LiveView } from "../../../adapters/terminal/live-view.ts"
import type { Screen } from "../../../adapters/terminal/screen.ts"
import { plainTheme, snapshotOf, Story } from "./story.ts"
import { TerminalEmulator } from "./terminal-emulator.ts"

class FakeScreen implements Screen {
  readonly terminal = new TerminalEmulator()
  readonly writes: string[] = []
  ready = true
  print: (lines: string) => void = () => undefined
  resized = (): void => undefined
  continued = (): void => undefined
  exited = (): void => undefined
  size = () => ({ columns: this.terminal.columns, rows: this.terminal.rows })
  isReady = () => this.ready
  write = (text: string) => {
    this.writes.push(text)
    this.terminal.write(text)
  }
  capture = (print: (lines: string) => void) => {
    this.print = print
    return () => undefined
  }
  onResize = (listener: () => void) => {
    this.resized = listener
    return () => undefined
  }
  onContinue = (listener: () => void) => {
    this.continued = listener
    return () => undefined
  }
  onExit = (listener: () => void) => {
    this.exited = listener
    return () => undefined
  }
}

/** Turned by hand: `tick` lets the one timer that waits run out. */
class FakeTimer {
  waiting: { readonly callback: () => void; readonly ms: number } | undefined
  readonly story: Story
  constructor(story: Story) {
    this.story = story
  }
  now = () => this.story.now
  setTimeout = (callback: () => void, ms: number) => (this.waiting = { callback, ms })
  clearTimeout = () => {
    this.waiting = undefined
  }
  tick(): void {
    const { waiting } = this
    this.waiting = undefined
    if (waiting === undefined) throw new Error("no timer waits")
    this.story.after(waiting.ms)
    waiting.callback()
  }
}

let story: Story
let screen: FakeScreen
let timer: FakeTimer
let live: LiveView

function look(): LiveView {
  return new LiveView({ view: story, screen, timer, theme: plainTheme, showsLog: (fact) => fact.level !== "debug" })
}

beforeEach(() => {
  story = new Story()
  screen = new FakeScreen()
  timer = new FakeTimer(story)
  live = look()
})

describe("the live view", () => {
  test("writes nothing and sets no timer while nothing happens", () => {
    expect(timer.waiting).toBeUndefined()
    expect(screen.writes).toEqual([])
  })

  test("draws at most one frame in 80 ms, in one write, and leaves the cursor visible at the begin of a line", () => {
    story.start("a")
    for (let step = 1; step <= 1000; step++) story.report("a", step / 1000)
    expect(screen.writes).toEqual([])
    timer.tick()
    expect(screen.writes).toHaveLength(1)
    expect(timer.waiting?.ms).toBe(80)
    expect(screen.terminal.cursorHidden).toBe(false)
    expect(screen.terminal.atLineStart).toBe(true)
  })

  test("rewrites only the lines that changed", () => {
    story.submit("waits").submit("a very quiet one").start("runs")
    timer.tick()
    screen.writes.length = 0
    story.report("runs", 0.5)
    timer.tick()
    expect(screen.writes.join("")).toContain("runs")
    expect(screen.writes.join("")).not.toContain("quiet")
  })

  test("prints a settled root once above the tree and then rests", () => {
    story.start("first").start("second")
    timer.tick()
    story.after(1500).report("first", 0.5, "all good").complete("first")
    timer.tick()
    expect(screen.terminal.lines[0]).toBe("✔ first  1.6s  all good")
    expect(screen.terminal.lines[1]).toMatch(/^⠹ second/)
    story.fail("second", "it\x1b[2J broke\nbadly")
    timer.tick()
    expect(screen.terminal.lines).toEqual(["✔ first  1.6s  all good", "✖ second  1.7s  Error: it broke badly"])
    expect(timer.waiting).toBeUndefined()
  })

  test("prints a small family whole, of a large one what failed", () => {
    story.start("small").start("one", { parent: "small" }).complete("one").complete("small").start("large")
    for (let child = 0; child < 20; child++) story.start(`c${child}`, { parent: "large" })
    for (let child = 0; child < 19; child++) story.complete(`c${child}`)
    story.fail("c19", "broke").complete("large")
    timer.tick()
    expect(screen.terminal.lines).toEqual([
      "✔ small  0.0s  1 child",
      "  ✔ one  0.0s",
      "✔ large  0.0s  20 children: 19 completed, 1 failed",
      "  ✖ c19  0.0s  Error: broke",
    ])
  })

  test("sums up a flood of settled tasks, all but those that failed", () => {
    for (let task = 0; task < 5000; task++) story.start(`t${task}`)
    for (let task = 0; task < 4999; task++) story.complete(`t${task}`)
    story.fail("t4999", "broke")
    timer.tick()
    expect(screen.terminal.lines).toEqual(["✖ t4999  0.0s  Error: broke", "+ 4999 more: 4999 completed"])
  })

  test("tells a failure in full, however narrow the terminal", () => {
    screen.terminal.columns = 20
    story.start("a").fail("a", "a-message-that-is-longer-than-the-line")
    timer.tick()
    expect(screen.terminal.lines.join("")).toContain("a-message-that-is-longer-than-the-line")
  })

  test("puts what the program and the bodies print above the tree, in order", () => {
    story.start("a")
    timer.tick()
    screen.print("one\n")
    story.log("a", "debug", "not shown").log("a", "warn", "careful: %s", "hot")
    screen.print("two\nthree\n")
    timer.tick()
    expect(screen.terminal.lines.slice(0, -2)).toEqual(["one", "a: warn: careful: hot", "two", "three"])
  })

  test("survives log data that cannot be shown", () => {
    story.start("a").log("a", "info", "%s", {
      toString: () => {
        throw new Error("no")
      },
    })
    timer.tick()
    expect(screen.terminal.lines[0]).toBe("a: (cannot be shown: no)")
  })

  test("clears what a Ctrl-C printed below it", () => {
    story.start("a")
    timer.tick()
    screen.terminal.write("^C")
    timer.tick()
    expect(screen.terminal.lines.join("")).not.toContain("^C")
  })

  test("does not scroll a full terminal", () => {
    screen.terminal.rows = 6
    for (let task = 0; task < 100; task++) story.start(`t${task}`)
    for (let frame = 0; frame < 5; frame++) timer.tick()
    expect(screen.terminal.lines.length).toBeLessThanOrEqual(5)
  })

  test("draws anew, without remains, on a narrower terminal", () => {
    screen.terminal.columns = 100
    story.start("a").report("a", 0.5, "x".repeat(200))
    timer.tick()
    // the terminal breaks both lines in two
    const broken = screen.terminal.lines.flatMap((line) => [line.slice(0, 60), line.slice(60)])
    screen.terminal.columns = 60
    screen.terminal.write(`\x1b[2A\r\x1b[J${broken.filter((line) => line !== "").join("\n")}\n`)
    screen.resized()
    timer.tick()
    expect(screen.terminal.lines).toHaveLength(2)
  })

  test("draws below what a shell printed while the program was suspended", () => {
    story.start("a")
    timer.tick()
    screen.terminal.write("[1]+ Stopped\n$ fg\n")
    screen.continued()
    timer.tick()
    expect(screen.terminal.lines).toContain("$ fg")
  })

  test("waits for a terminal that does not keep up", () => {
    screen.ready = false
    story.start("a").complete("a")
    timer.tick()
    expect(screen.writes).toEqual([])
    screen.ready = true
    timer.tick()
    expect(screen.terminal.lines).toEqual(["✔ a  0.0s"])
  })

  test("shows what was alive before it looked", () => {
    live.stop()
    story.snapshot = { ...story.snapshot, tasks: [snapshotOf({ id: "older" })] }
    look()
    timer.tick()
    expect(screen.terminal.lines[0]).toContain("older")
  })
})

describe("stopping it", () => {
  test("prints what is still to be printed and takes the tree away", () => {
    story.start("alive").start("a").complete("a")
    timer.tick()
    story.start("b").complete("b")
    screen.print("last words\n")
    live.stop()
    expect(screen.terminal.lines).toEqual(["✔ a  0.0s", "✔ b  0.0s", "last words"])
    expect(story.listeners).toBe(0)
  })

  test("twice is fine, and nothing is drawn afterwards", () => {
    live.stop()
    live.stop()
    story.start("late")
    expect(timer.waiting).toBeUndefined()
  })

  test("happens by itself when the process exits", () => {
    story.start("alive").start("a").complete("a")
    timer.tick()
    screen.exited()
    expect(screen.terminal.lines).toEqual(["✔ a  0.0s"])
  })
})
