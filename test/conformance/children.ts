import type { Supervisor } from "tasktor"
import { describe, expect, it } from "vitest"
import * as families from "../fixtures/conformance/families.ts"

/**
 * What a body can do with child tasks, and what comes of it, wherever it runs. Called once by each executor's suite; `open` may give a
 * supervisor that others have used, `openFresh` does not.
 */
export function describeChildren(
  open: (concurrency?: number) => Supervisor,
  openFresh: (concurrency: number) => Supervisor,
): void {
  const told = (act: Parameters<typeof families.parent>[0], concurrency?: number): Promise<unknown> =>
    open(concurrency).run(families.parent(act)).result()

  describe("a child's events", () => {
    it("come to each listener, one function given twice being two, and are handled while there is one", async () => {
      expect(await told("listens")).toEqual({ heard: ["one", "one", "two"], handled: [true, true, false] })
    })

    it("are not handled by a listener that throws", async () => {
      expect(await told("listensInVain")).toEqual([false])
    })

    it("want a listener that can be called", async () => {
      const message = 'Cannot listen: the listener must be a function, current value is "no function"'
      expect(await told("listensToNothing")).toEqual({ name: "TypeError", message })
    })
  })

  describe("a child that calls back", () => {
    it("does so where its parent is: at each event and at the end", async () => {
      expect(await told("isCalledBack")).toEqual([
        ["word", "one", "running", true],
        ["word", "two", "running", true],
        ["done", { status: "completed", output: [true, false] }, true],
        ["result", [true, false]],
        ["failed", ["a", 1], true, undefined],
        ["failed", "failed", "TaskFailedError"],
        ["joined", "cancelled"],
      ])
    })
  })

  describe("a child under a key", () => {
    it("is the task that it joins, by its id too", async () => {
      const supervisor = open()
      const handle = supervisor.run(families.parent("joins"))
      const ids: string[] = []
      handle.on("child", (id) => void ids.push(id))
      expect(await handle.result()).toEqual({
        same: true,
        receipt: "cancelled",
        outcome: { status: "cancelled", reason: { type: "requested", message: "enough" } },
        error: { name: "TaskCancelledError", message: "Task it was cancelled: enough" },
      })
      expect(ids.map((id) => supervisor.get(id).snapshot)).toMatchObject([{ key: "shared", name: "families/lasts" }])
    })

    it("holds up nobody who has joined it, and is cancelled", async () => {
      const supervisor = openFresh(2)
      const shared = supervisor.run(families.lasts(), { key: "for long" })
      const handle = supervisor.run(families.parent("joinsForLong"))
      await new Promise((resolve) => handle.on("told", resolve))
      expect(await handle.cancel()).toBe("cancelled")
      expect(shared.snapshot.cancelRequested).toBe(false)
      await shared.cancel()
    })

    it("joins nobody who was cancelled just before", async () => {
      expect(await told("comesTooLate")).toEqual(["cancelled", { status: "completed", output: "its own" }])
    })

    it("follows the policy that it is run with", async () => {
      expect(JSON.parse((await told("policies")) as string)).toEqual([
        { status: "cancelled", reason: { type: "replaced", by: "#2" } },
        {
          status: "cancelled",
          reason: { type: "skipped", because: 'task #0 holds the key "k" (onConflict "reject")' },
        },
        { status: "completed", output: "replacing" },
        { status: "completed", output: "queued" },
      ])
    })
  })

  describe("a child that cannot be run", () => {
    it("is refused at the call, where anybody can tell", async () => {
      const errors = (await told("misuses")) as readonly { readonly name: string; readonly message: string }[]
      expect(errors.map(({ name, message }) => `${name}: ${message}`)).toEqual(misuses)
      const message = expect.stringContaining('has no module; add "module: import.meta.url"') as string
      expect(await told("homeless")).toEqual({ name: "TypeError", message })
    })

    it("fails as a task, where only the supervisor can tell", async () => {
      const supervisor = open()
      const handle = supervisor.run(families.parent("unfit"), { key: "own" })
      const ids: string[] = []
      handle.on("child", (id) => void ids.push(id))
      const own = 'Cannot run a child task under the key "own": task it, which waits for it, holds that key'
      expect(await handle.result()).toEqual([
        ["TypeError", expect.stringContaining('Cannot run a task on executor "abacus": there are '), "already-failed"],
        ["TypeError", expect.stringContaining(own), "already-failed"],
        ["TypeError", expect.stringContaining(own), "already-failed"],
      ])
      for (const id of ids) expect(supervisor.get(id).snapshot).toMatchObject({ status: "failed", parent: handle.id })
      expect(ids).toHaveLength(3)
    })

    it("fails with the path of what cannot cross, where it has to cross", async () => {
      const failure = { type: "serialization", side: "input", path: "args[0].list[1].callback" }
      expect(await told("unserializable")).toEqual([{ status: "failed", failure, attempts: [failure] }, "fine"])
    })
  })

  describe("a child that has ended", () => {
    it("gives its failure as often as it is asked", async () => {
      const message = "Task it failed: RangeError: too small"
      const failed = { first: message, again: message, status: "failed", receipt: "already-failed" }
      expect(await told("failures")).toEqual(failed)
      expect(await told("grandchildren")).toEqual(failed)
    })

    it("gives its result as often as it is asked, and has nothing more to cancel or to say", async () => {
      const outcome = { status: "completed", output: "it" }
      expect(await told("settledChildren")).toEqual(["it", "it", outcome, "already-completed", "it"])
    })

    it("by its limits tells which", async () => {
      const timeout = (limit: string): object => ({ type: "timeout", limit, afterMs: 20 })
      expect(await told("limits", 3)).toMatchObject([
        { status: "failed", failure: timeout("deadline") },
        { status: "cancelled", reason: { type: "expired" } },
        { status: "failed", failure: timeout("hard") },
        { status: "completed", output: "late" },
        { status: "completed", output: "hidden" },
      ])
    })

    it("with its parent's attempt is not the next one's", async () => {
      const supervisor = open()
      const handle = supervisor.run(families.parent("triesAgain"), { retry: { maxAttempts: 2 } })
      const ids: string[] = []
      handle.on("child", (id) => void ids.push(id))
      expect(await handle.result()).toBe("second")
      const reason = { type: "parent", parent: handle.id }
      expect(ids.map((id) => supervisor.get(id).snapshot)).toMatchObject([{ outcome: { status: "cancelled", reason } }])
    })
  })

  describe("a parent", () => {
    it("moves by what its children are worth, the hidden ones too", async () => {
      const handle = open().run(families.parent("weighs"))
      await handle.outcome()
      expect(handle.snapshot.progress).toBeCloseTo(0.6, 9)
    })

    it("need not wait for all of them", async () => {
      const reason = { type: "requested", message: "one" }
      const ended = { status: "cancelled", reason }
      expect(await told("races")).toEqual(["quick", "cancelled", "already-cancelled", ended, "TaskCancelledError"])
    })

    it("has children of any kind", async () => {
      expect(await told("variety")).toEqual(["plain data", new Map([["k", new Date(0)]]), 3, "in part"])
    })

    it("has a thousand children at once", async () => {
      expect(await told("many")).toBe(499_500)
    })

    it("that loses its patience goes on, even where its child has the only slot", async () => {
      const late = (ms: number): string =>
        `Cannot give the result of task it yet: it has not settled within ${ms} ms; it goes on running`
      expect(await told("losesPatience", 1)).toEqual([
        late(1),
        late(2),
        expect.stringContaining('Cannot read the timeout of result(): "soon" is not a duration'),
        "cancelled",
        "cancelled",
      ])
    })

    it("that has returned is heard no more, and its children are heard by what it left behind", async () => {
      // Its one worker is to run both: a pool that has lent a slot before has more.
      const supervisor = openFresh(1)
      const handle = supervisor.run(families.parent("leaves"))
      const events: unknown[] = []
      handle.on("told", (data) => void events.push(data))
      await handle.result()
      expect(await supervisor.run(families.leftOver()).result()).toEqual([
        "please",
        'Cannot run child task "families/value": its parent it has ended; wait for the children before the body returns',
        false,
        true,
        "already-completed",
        { status: "completed", output: "unasked" },
        "unasked",
        "already-completed",
        ["done", "completed"],
      ])
      expect(events).toEqual([])
    })
  })
}

const cannot = 'Cannot run task "families/value"'
const misuses = [
  'TypeError: Cannot run "no call": it is not a task call; make one with defineTask, as in run(task(1, 2))',
  'TypeError: Cannot run "families/value": it is a definition, not a call; apply it to its arguments first, as in run(task(1, 2))',
  'TypeError: Cannot run task "families/unheard-of": no definition of that name has been made in this program; import its module first',
  "TypeError: Cannot run a task: its options must be an object, current value is null",
  "TypeError: Cannot run a task: its options must be an object, current value is 5",
  'RangeError: Cannot run a child task: "weight" must be 0 or more, current value is -1',
  'TypeError: Cannot use {"no":"key"} as a key: a key is a text, a finite number, or an array of them such as ["machine", 7]',
  'RangeError: Cannot run a task: "onConflict" must be one of replace, reject, join, queue, current value is "fight"',
  'TypeError: Cannot run a task: "whenDone" must be a function, current value is "later"',
  `RangeError: ${cannot}: "priority" must be a finite number, current value is NaN`,
  `TypeError: ${cannot}: Cannot read "delay": "soon" is not a duration; give milliseconds or a text such as "250 ms", "10 seconds", "2 hours"`,
  `RangeError: ${cannot}: Cannot use "deadline": it must be 0 or more, current value is -1`,
  `RangeError: ${cannot}: Cannot use "expires": the Date is invalid`,
  `RangeError: ${cannot}: Cannot use "grace": it must be 0 or more, current value is -1`,
  `RangeError: ${cannot}: "retry.maxAttempts" must be a whole number, 1 or more, current value is 0`,
  `RangeError: ${cannot}: "retry.backoff" must be one of constant, linear, exponential, current value is "quick"`,
  `RangeError: ${cannot}: "timeout.soft" must be shorter than "timeout.hard", current values are 2 and 1`,
  `RangeError: ${cannot}: "timeout.soft" must be shorter than "timeout.hard", current values are 3 and 2`,
  `TypeError: ${cannot}: "queue" must be a text that is not empty, current value is ""`,
  `RangeError: ${cannot}: "concurrency" must be a whole number, 1 or more, current value is 0.5`,
  `RangeError: ${cannot}: "rateLimit.per" must be more than 0 and have an end, current value is 0`,
  `TypeError: ${cannot}: "tags" must be an array of texts, current value is "red"`,
  `TypeError: ${cannot}: "executor" must be a text that is not empty, current value is ""`,
  `TypeError: ${cannot}: "publish" must be a text that is not empty, current value is 7`,
  "TypeError: Cannot cancel child task it: the reason must be a text, current value is 7",
  "TypeError: Cannot listen: the event's name must be a text, current value is 7",
]
