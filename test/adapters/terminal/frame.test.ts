import { describe, expect, test } from "vitest"
import { frameLines, type FrameOptions } from "../../../adapters/terminal/frame.ts"
import { widthOf } from "../../../adapters/terminal/text.ts"
import { plainTheme, snapshotOf, Story } from "./story.ts"

function draw(story: Story, options: Partial<FrameOptions> = {}): string[] {
  const given = { columns: 100, rows: 24, theme: plainTheme, now: story.now, turn: 0, ...options }
  const { counts } = story.tree()
  return frameLines(story.tree(), { progress: 0.5, counts }, given)
}

describe("the live tree", () => {
  test("is nothing when nothing is alive", () => {
    expect(draw(new Story())).toEqual([])
    expect(draw(new Story().start("a").complete("a"))).toEqual([])
  })

  test("shows name, bar, percentage, elapsed time and message, children below their parents", () => {
    const story = new Story()
      .start("audit")
      .report("audit", 0.25, "a folder")
      .start("walk", { parent: "audit" })
      .after(1200)
      .report("walk", 0.5, "1,000 files")
      .start("deeper", { parent: "walk" })
      .start("other", { key: ["disk", 7] })
    expect(draw(story)).toEqual([
      "⠋ audit        ━━━───────  25%    1.2s  a folder",
      "└ ⠋ walk       ━━━━━─────  50%    1.2s  1,000 files",
      "  └ ⠋ deeper                      0.0s",
      "⠋ other disk/7                    0.0s",
      "━━━━━━━━━━──────────  50%  4 running",
    ])
  })

  test("says what a waiting task waits for", () => {
    const story = new Story()
      .submit("queued")
      .submit("later")
      .state("later", { phase: "delayed", nextAttemptAt: 1_065_000 })
      .start("flaky")
      .state("flaky", {
        phase: "backoff",
        attempt: 1,
        nextAttemptAt: 1_002_000,
        failure: { type: "error", error: new Error("no\nluck") },
      })
    expect(draw(story).slice(0, -1)).toEqual(
      [
        "◌ queued                                   queued",
        "◌ later                                    starts in 1m 05s",
        "↻ flaky                             0.0s  attempt 2 in 2.0s · Error: no luck",
      ].map((line) => expect.stringMatching(new RegExp(`^${line.replace(/ +/g, " +")}$`))),
    )
  })

  test("tells of a cancellation under way and of a further attempt", () => {
    const story = new Story().start("stubborn").report("stubborn", 0, "busy").start("again")
    story.state("stubborn", { status: "running", phase: "cancelling", attempt: 1 }).run("again", 2)
    expect(draw(story)[0]).toMatch(/stubborn .*cancelling · busy$/)
    expect(draw(story)[1]).toMatch(/again .*attempt 2$/)
  })

  test("begins the bar anew with another attempt", () => {
    const story = new Story().start("flaky").report("flaky", 0.9).run("flaky", 2).report("flaky", 0.1)
    expect(draw(story)[0]).toContain(" 10%")
  })

  test("says 100 % and fills the bar only at the very end", () => {
    const story = new Story().start("a").report("a", 0.999)
    expect(draw(story)[0]).toContain("━━━━━━━━━─  99%")
  })

  test("keeps the settled children of a small family in sight", () => {
    const story = new Story().start("parent").start("one", { parent: "parent" }).start("two", { parent: "parent" })
    story.report("one", 0.4, "done well").complete("one").fail("two", "broke")
    expect(draw(story).slice(1, -1)).toEqual([
      expect.stringMatching(/^├ ✔ one .* done well$/),
      expect.stringMatching(/^└ ✖ two .* Error: broke$/),
    ])
  })

  test("sums up a large family, all but what runs and what failed", () => {
    const story = new Story().start("parent")
    for (let child = 0; child < 30; child++) story.submit(`c${child}`, { parent: "parent" })
    for (let child = 0; child < 12; child++) story.run(`c${child}`)
    for (let child = 0; child < 10; child++) story.complete(`c${child}`)
    story.fail("c10", "broke")
    const lines = draw(story, { rows: 40 })
    expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual([
      "⠋ parent",
      "├ ✖ c10",
      "├ ⠋ c11",
      "├ ◌ c12",
      "├ ◌ c13",
      "└ ◌ c14",
      "+ 25 more: 15 pending, 10 completed",
      "━━━━━━━━━━──────────",
    ])
  })

  test("counts what it does not show, hidden tasks never", () => {
    const story = new Story().start("secret", { visible: false }).start("child of it", { parent: "secret" })
    for (let task = 0; task < 300; task++) story.submit(`p${task}`)
    const lines = draw(story, { rows: 8 })
    expect(lines).toHaveLength(6)
    expect(lines[0]).toContain("child of it")
    expect(lines.at(-2)).toBe("+ 297 more: 297 pending")
  })

  test("never shows a child without its parents", () => {
    const story = new Story().start("root").start("middle", { parent: "root" }).start("leaf", { parent: "middle" })
    const names = draw(story, { rows: 4 }).map((line) => line.split(/ {2,}/)[0])
    expect(names).toEqual(["⠋ root", "+ 2 more: 2 running", expect.any(String)])
  })

  test("puts what runs first, whatever was submitted first", () => {
    const story = new Story().submit("waits").start("runs")
    expect(draw(story).map((line) => line.slice(2, 7).trim())).toEqual(["runs", "waits", expect.any(String)])
  })

  test("starts from the tasks that were alive before it looked", () => {
    const tree = new Story().tree()
    tree.seed([snapshotOf({ id: "old", message: "half way", progress: 0.5 }), snapshotOf({ id: "kid", parent: "old" })])
    const [old, kid] = frameLines(tree, new Story().snapshot, {
      columns: 80,
      rows: 24,
      theme: plainTheme,
      now: 60_000,
      turn: 0,
    })
    expect(old).toMatch(/^⠋ old .* 50% .*1m 00s {2}half way$/)
    expect(kid).toMatch(/^└ ⠋ kid/)
  })
})

describe("whatever the size of the terminal", () => {
  const story = new Story()
    .start("a 漢字 task 👨‍👩‍👧 with a long name")
    .report("a 漢字 task 👨‍👩‍👧 with a long name", 0.3, "x".repeat(300))
  for (let child = 0; child < 50; child++) story.start(`child ${child}`, { parent: "a 漢字 task 👨‍👩‍👧 with a long name" })

  test.each([1, 2, 3, 5, 10, 20, 30, 45, 60, 80, 100, 250])("%d columns: no line reaches the last one", (columns) => {
    for (const line of draw(story, { columns })) expect(widthOf(line)).toBeLessThanOrEqual(Math.max(1, columns - 1))
  })

  test.each([0, 1, 2, 3, 4, 24, 100])("%d rows: the frame and the cursor's line fit", (rows) => {
    expect(draw(story, { rows }).length).toBeLessThanOrEqual(Math.max(0, rows - 1))
  })

  test("a narrow one keeps mark and name", () => {
    expect(draw(new Story().start("download"), { columns: 14 })[0]).toBe("⠋ download")
  })

  test("100,000 waiting tasks cost a frame no more than a few", () => {
    const many = new Story()
    for (let task = 0; task < 100_000; task++) many.submit(`t${task}`)
    const tree = many.tree()
    let looked = 0
    const living = tree.living.bind(tree)
    tree.living = function* () {
      for (const node of living()) {
        looked++
        yield node
      }
    }
    frameLines(tree, many.snapshot, { columns: 80, rows: 24, theme: plainTheme, now: 0, turn: 0 })
    expect(looked).toBeLessThan(10)
  })
})
