import { createSupervisor, defineTask, graph, keepFresh, type LiveGraphOptions, type LiveGraphSnapshot } from "tasktor"
import { describe, expect, it } from "vitest"
import { type SimulatedClock, setup } from "../../support/setup.ts"
import { gate, type Gate, sleep, untilAborted } from "../../support/wait.ts"

interface World {
  readonly clock: SimulatedClock
  /** What each text is now, by its name. */
  readonly texts: Record<string, string>
  /** Bodies that have begun, in their order. */
  readonly runs: string[]
}

/** Two texts, the words of one, and a line of both: each takes 10 ms. */
function page({ clock, texts, runs }: World) {
  const take = async <Value>(name: string, value: () => Value): Promise<Value> => {
    runs.push(name)
    const now = value()
    await sleep(clock, 10)
    return now
  }
  const read = defineTask({ name: "read", run: (_ctx, name: string) => take(name, () => texts[name] ?? "") })
  const words = defineTask({ name: "words", run: (_ctx, text: string) => take("words", () => text.split(" ").length) })
  const line = defineTask({
    name: "line",
    run: (_ctx, { words: count, title }: { words: number; title: string }) => take("line", () => `${title}: ${count}`),
  })
  const steps = graph({
    title: read("title"),
    text: read("text"),
    words: { after: "text", run: words },
    line: { after: ["title", "words"], run: line },
  })
  return { read, steps }
}

function live(options?: LiveGraphOptions<{ title: string; text: string; words: number; line: string }>) {
  const { supervisor, clock, warnings } = setup()
  const world: World = { clock, texts: { title: "T", text: "a b" }, runs: [] }
  const { steps, read } = page(world)
  const kept = keepFresh(supervisor, steps, options)
  /** What has begun since it was asked last. */
  const ran = (): readonly string[] => world.runs.splice(0)
  return { ...world, supervisor, warnings, read, kept, ran }
}

const states = ({ steps }: LiveGraphSnapshot): readonly string[] => Object.values(steps).map(({ state }) => state)

describe("a live graph", () => {
  it("computes all of it at first, each step as a task of the supervisor", async () => {
    const { kept, ran, supervisor, clock } = live()
    expect(kept.snapshot).toMatchObject({ state: "computing", steps: { title: { state: "processing" } } })
    await clock.settle()
    expect(supervisor.getSnapshot().tasks.map(({ name }) => name)).toEqual(["read", "read"])
    expect(supervisor.get(kept.snapshot.steps.text.task ?? "").snapshot.status).toBe("running")
    await clock.advance("1 second")
    expect(ran()).toEqual(["title", "text", "words", "line"])
    expect(kept.snapshot).toMatchObject({
      state: "fresh",
      waitsFor: undefined,
      steps: { line: { state: "valid", output: "T: 2", version: 1, task: undefined } },
    })
    expect(await kept.outcome()).toEqual({
      status: "completed",
      output: { title: "T", text: "a b", words: 2, line: "T: 2" },
    })
  })

  it("computes what depends on an invalidated step again, and nothing else", async () => {
    const { kept, ran, clock, texts } = live()
    await clock.advance("1 second")
    ran()
    texts["text"] = "a b c"
    kept.invalidate("text")
    expect(states(kept.snapshot)).toEqual(["valid", "dirty", "dirty", "dirty"])
    expect(kept.snapshot).toMatchObject({ state: "stale", steps: { line: { output: "T: 2" } } })
    await clock.advance("1 second")
    expect(ran()).toEqual(["text", "words", "line"])
    expect(kept.snapshot.steps.line).toMatchObject({ output: "T: 3", version: 2 })
  })

  it("does not compute what comes after a step whose output has come out the same", async () => {
    const { kept, ran, clock, texts } = live()
    await clock.advance("1 second")
    ran()
    texts["text"] = "c d"
    kept.invalidate("text")
    await clock.advance("1 second")
    expect(ran()).toEqual(["text", "words"])
    expect(kept.snapshot).toMatchObject({
      state: "fresh",
      steps: { text: { version: 2 }, words: { version: 1 }, line: { state: "valid", version: 1 } },
    })
  })

  it("asks `isEqual` whether it has, and keeps the old output then", async () => {
    const asked: unknown[] = []
    const { kept, ran, clock, texts } = live({
      isEqual: (before, after, step) => {
        asked.push([before, after, step])
        return String(before).toLowerCase() === String(after).toLowerCase()
      },
    })
    await clock.advance("1 second")
    ran()
    texts["title"] = "t"
    kept.invalidate("title")
    await clock.advance("1 second")
    expect(ran()).toEqual(["title"])
    expect(asked).toEqual([["T", "t", "title"]])
    expect(kept.snapshot.steps.title).toMatchObject({ state: "valid", output: "T", version: 1 })
  })

  it("does not compute again what its inputs have come back to, however they were in between", async () => {
    const { kept, ran, clock, texts } = live()
    await clock.advance("1 second")
    ran()
    texts["title"] = "U"
    kept.invalidate("title")
    await clock.advance(5)
    kept.pause() // nothing behind it begins
    await clock.advance("1 second")
    texts["title"] = "T"
    kept.invalidate("title")
    kept.resume()
    await clock.advance("1 second")
    expect(ran()).toEqual(["title", "title"])
    expect(kept.snapshot).toMatchObject({ state: "fresh", steps: { title: { version: 3 }, line: { version: 1 } } })
  })

  it("gives a step another call for good", async () => {
    const { kept, read, clock, texts } = live()
    await clock.advance("1 second")
    texts["other"] = "x y z"
    kept.invalidate("text", read("other"))
    await clock.advance("1 second")
    kept.invalidate()
    await clock.advance("1 second")
    expect(kept.snapshot.steps.line.output).toBe("T: 3")
  })

  it("cancels what works on something old, drops what it still gives, and runs once more however often it was told", async () => {
    const { kept, ran, clock, texts, supervisor } = live()
    await clock.advance(15)
    expect(ran()).toEqual(["title", "text", "words"])
    const old = supervisor.get(kept.snapshot.steps.words.task ?? "")
    for (const text of ["1", "1 2", "1 2 3 4"]) {
      texts["text"] = text
      kept.invalidate("text")
    }
    expect(old.snapshot.cancelRequested).toBe(true)
    expect(kept.snapshot.steps.words).toMatchObject({ state: "dirty", version: 0 })
    await clock.advance("1 second")
    expect(ran()).toEqual(["text", "words", "line"])
    expect(old.snapshot.outcome).toMatchObject({ reason: { message: "what it works on has changed" } })
    expect(kept.snapshot.steps.line).toMatchObject({ output: "T: 4", version: 1 })
  })

  it("has one task of a step at most: the next begins when the cancelled one has ended", async () => {
    const { supervisor, clock } = setup()
    let [alive, most] = [0, 0]
    const slow = defineTask({
      name: "slow",
      run: async (ctx) => {
        most = Math.max(most, ++alive)
        await new Promise((resolve) => ctx.onCancel(() => sleep(clock, 50).then(resolve)))
        alive--
      },
    })
    const kept = keepFresh(supervisor, graph({ slow: slow() }))
    for (let n = 0; n < 5; n++) {
      await clock.advance(20)
      kept.invalidate("slow")
    }
    await clock.advance(20)
    expect([alive, most]).toEqual([1, 1])
  })

  it("begins again when nothing has been invalidated for as long as the debounce; what is not concerned goes on", async () => {
    const { kept, ran, clock } = live({ debounce: "200 ms" })
    await clock.advance(5)
    kept.invalidate("title")
    expect(kept.snapshot).toMatchObject({ state: "computing", waitsFor: "debounce" })
    await clock.advance(150)
    kept.invalidate("title")
    await clock.advance(199)
    expect(ran()).toEqual(["title", "text"])
    expect(states(kept.snapshot)).toEqual(["dirty", "valid", "dirty", "dirty"])
    await clock.advance("1 second")
    expect(ran()).toEqual(["title", "words", "line"])
    expect(kept.snapshot.state).toBe("fresh")
  })

  it("begins nothing in a pause, until it was resumed as often as paused", async () => {
    const { kept, ran, clock } = live()
    kept.pause()
    kept.pause()
    await clock.advance("1 second")
    expect(ran()).toEqual(["title", "text"])
    expect(kept.snapshot).toMatchObject({ state: "stale", waitsFor: "resume" })
    kept.resume()
    const refreshed = kept.refresh()
    await clock.advance("1 second")
    expect(ran()).toEqual([])
    expect(await kept.settled({ timeout: 0 })).toBe(false)
    kept.resume()
    await clock.advance("1 second")
    expect(ran()).toEqual(["words", "line"])
    expect(await refreshed).toMatchObject({ status: "completed" })
    expect(() => kept.resume()).toThrow("Cannot resume a live graph: it is not paused; pause it first")
  })

  it("in the manual mode is stale until it is refreshed, and takes in what comes meanwhile", async () => {
    const { kept, ran, clock } = live({ mode: "manual" })
    await clock.advance("1 second")
    expect(ran()).toEqual([])
    expect(kept.snapshot).toMatchObject({ state: "stale", waitsFor: "refresh" })
    expect(await kept.settled()).toBe(true)
    const refreshed = kept.refresh()
    await clock.advance(15)
    kept.invalidate("title")
    await clock.advance("1 second")
    expect(await refreshed).toMatchObject({ status: "completed" })
    expect(ran()).toEqual(["title", "text", "words", "title", "line"])
    kept.invalidate("title")
    await clock.advance("1 second")
    expect(kept.snapshot).toMatchObject({ state: "stale", waitsFor: "refresh", steps: { line: { output: "T: 2" } } })
    kept.pause()
    kept.resume()
    await clock.advance("1 second")
    expect(ran()).toEqual([])
    kept.pause()
    void kept.refresh()
    kept.resume()
    await clock.advance("1 second")
    expect(ran()).toEqual(["title"])
  })

  it("in the manual mode tells of a step that has failed, as in the automatic one", async () => {
    const { supervisor, clock } = setup()
    const fails = defineTask({ name: "fails", run: () => Promise.reject(new Error("no")) })
    const kept = keepFresh(supervisor, graph({ a: fails() }), { mode: "manual" })
    const outcome = kept.outcome()
    const refreshed = kept.refresh()
    await clock.settle()
    for (const one of [outcome, refreshed])
      expect(await one).toMatchObject({ status: "failed", failure: { error: { message: "no" } } })
    await kept.stop()
  })

  it("computes everything again when it is forced", async () => {
    const { kept, ran, clock } = live()
    await clock.advance("1 second")
    ran()
    void kept.refresh()
    await clock.advance("1 second")
    expect(ran()).toEqual([])
    const forced = kept.refresh({ force: true })
    await clock.advance("1 second")
    expect(ran().toSorted()).toEqual(["line", "text", "title", "words"])
    expect(await forced).toMatchObject({ status: "completed", output: { line: "T: 2" } })
  })

  it("keeps to the `concurrency` of the graph", async () => {
    const { supervisor, clock } = setup()
    const task = defineTask({ name: "task", run: () => sleep(clock, 10) })
    const kept = keepFresh(supervisor, graph({ a: task(), b: task(), c: task() }, { concurrency: 2 }))
    expect(states(kept.snapshot)).toEqual(["processing", "processing", "dirty"])
    await clock.advance("1 second")
    expect(states(kept.snapshot)).toEqual(["valid", "valid", "valid"])
  })

  it("of no steps is fresh", async () => {
    const { supervisor } = setup()
    const kept = keepFresh(supervisor, graph({}))
    expect(kept.snapshot).toEqual({ state: "fresh", waitsFor: undefined, steps: {} })
    expect(await kept.refresh({ force: true })).toEqual({ status: "completed", output: {} })
  })
})

describe("a step of a live graph", () => {
  function failing() {
    const { supervisor, clock } = setup()
    const world = { fails: true }
    const bad = defineTask({
      name: "bad",
      run: () => {
        if (world.fails) throw new RangeError("no")
        return 1
      },
    })
    const next = defineTask({ name: "next", run: (_ctx, n: number) => n + 1 })
    const kept = keepFresh(supervisor, graph({ bad: bad(), next: { after: "bad", run: next }, other: next(10) }))
    return { supervisor, clock, world, kept }
  }

  it("that fails leaves those after it dirty, answers whoever waits, and is tried again when it is asked for", async () => {
    const { clock, world, kept } = failing()
    const waiting = kept.outcome()
    await clock.advance("1 second")
    expect(await waiting).toMatchObject({ status: "failed", failure: { error: new RangeError("no") } })
    expect(await kept.settled()).toBe(true)
    expect(kept.snapshot).toMatchObject({ state: "stale", waitsFor: undefined })
    expect(states(kept.snapshot)).toEqual(["failed", "dirty", "valid"])
    expect(kept.snapshot.steps.bad.outcome).toMatchObject({ status: "failed" })
    world.fails = false
    const refreshed = kept.refresh()
    await clock.advance("1 second")
    expect(await refreshed).toEqual({ status: "completed", output: { bad: 1, next: 2, other: 11 } })
    expect(kept.snapshot.steps.bad.outcome).toBeUndefined()
  })

  it("that failed is told of as it was then, also when somebody tries again at once", async () => {
    const { clock, world, kept } = failing()
    const first = kept.outcome().then(() => {
      world.fails = false
      return kept.refresh()
    })
    const second = kept.outcome()
    await clock.advance("1 second")
    expect(await second).toMatchObject({ status: "failed" })
    expect(await first).toMatchObject({ status: "completed" })
  })

  it("that fails keeps its last good output, and so do those after it", async () => {
    const { clock, world, kept } = failing()
    world.fails = false
    await clock.advance("1 second")
    void kept.refresh()
    await clock.advance("1 second")
    world.fails = true
    kept.invalidate("bad")
    await clock.advance("1 second")
    expect(kept.snapshot.steps).toMatchObject({
      bad: { state: "failed", output: 1, version: 1 },
      next: { state: "dirty", output: 2, version: 1 },
    })
    world.fails = false
    kept.invalidate("bad")
    await clock.advance("1 second")
    expect(kept.snapshot.steps).toMatchObject({
      bad: { version: 1, outcome: undefined },
      next: { state: "valid", version: 1 },
    })
  })

  it("that cannot be run, and one whose outputs cannot be compared, fail", async () => {
    const { supervisor, clock } = setup()
    const task = defineTask({ name: "task", run: () => ({}) })
    const isEqual = (): never => {
      throw new RangeError("incomparable")
    }
    const kept = keepFresh(supervisor, graph({ a: task().with({ executor: "gpu" }), b: task() }), { isEqual })
    await clock.advance("1 second")
    expect(kept.snapshot.steps.a.outcome).toMatchObject({ failure: { type: "setup" } })
    kept.invalidate("b")
    await clock.advance("1 second")
    expect(kept.snapshot.steps.b).toMatchObject({
      state: "failed",
      outcome: { failure: { type: "error", error: new RangeError("incomparable") } },
    })
  })

  it("that somebody cancels stays as it was; without an output it is cancelled", async () => {
    const { kept, ran, clock, supervisor } = live()
    const cancel = (): Promise<unknown> => supervisor.cancel(kept.snapshot.steps.text.task ?? "", "not now")
    await clock.settle()
    await Promise.all([cancel(), clock.advance("1 second")])
    expect(states(kept.snapshot)).toEqual(["valid", "cancelled", "dirty", "dirty"])
    expect(await kept.outcome()).toEqual({
      status: "cancelled",
      reason: { type: "requested", message: "not now" },
    })
    void kept.refresh()
    await clock.advance("1 second")
    kept.invalidate("text")
    await clock.advance(5)
    ran()
    await Promise.all([cancel(), clock.advance("1 second")])
    expect(states(kept.snapshot)).toEqual(["valid", "valid", "valid", "valid"])
    expect(ran()).toEqual([])
  })
})

describe("whoever follows a live graph", () => {
  it("is told at most once in a turn, of each new snapshot", async () => {
    const { kept, clock } = live()
    const seen: LiveGraphSnapshot[] = []
    const stop = kept.subscribe((snapshot) => seen.push(snapshot))
    kept.invalidate("title")
    kept.invalidate("text")
    await clock.settle()
    expect(seen).toHaveLength(1)
    await clock.advance("1 second")
    expect(seen.at(-1)?.state).toBe("fresh")
    expect(new Set(seen).size).toBe(seen.length)
    expect(kept.snapshot).toBe(seen.at(-1))
    stop()
    kept.invalidate("text")
    await clock.advance("1 second")
    expect(kept.snapshot).not.toBe(seen.at(-1))
    expect(kept.snapshot.steps.title).toBe(seen.at(-1)?.steps["title"])
  })

  it("harms nothing by throwing", async () => {
    const { kept, clock, warnings } = live()
    kept.subscribe(() => {
      throw new RangeError("oops")
    })
    await clock.advance("1 second")
    expect(kept.snapshot.state).toBe("fresh")
    expect(warnings[0]).toMatchObject({
      message: "tasktor: A listener to a live graph threw",
      cause: new RangeError("oops"),
    })
  })

  it("sees its machine below the supervisor's actor", async () => {
    const { kept, clock, supervisor } = live({ debounce: 100 })
    const values: unknown[] = []
    kept.actor.subscribe(({ value }) => values.push(value))
    await clock.advance("1 second")
    kept.invalidate("title")
    await clock.advance("1 second")
    expect(kept.actor._parent).toBe(supervisor.actor)
    const at = (gateState: string, work: string) => ({ living: { gate: gateState, work } })
    expect(values.filter((value, n) => JSON.stringify(value) !== JSON.stringify(values[n - 1]))).toEqual([
      at("open", "fresh"),
      at("gathering", "stale"),
      at("open", "stale"),
      at("open", "computing"),
      at("open", "fresh"),
    ])
  })

  it("waits for its end no longer than he says", async () => {
    const { kept, clock } = live()
    const settled = kept.settled({ timeout: 5 })
    await clock.advance(5)
    expect(await settled).toBe(false)
    await clock.advance("1 second")
    expect(await kept.settled()).toBe(true)
  })
})

describe("the end of a live graph", () => {
  const gateAfter = (began: Gate, { opened }: Gate): Promise<void> => {
    began.open()
    return opened
  }

  it("is when it is stopped: what runs is cancelled, whoever waits is answered, and nothing begins any more", async () => {
    const { supervisor, clock } = setup()
    const waits = defineTask({ name: "waits", run: (ctx) => untilAborted(ctx) })
    const kept = keepFresh(supervisor, graph({ a: waits() }))
    const waiting = kept.outcome()
    await clock.settle()
    const stopped = kept.stop()
    await clock.advance("1 second")
    await stopped
    const outcome = { status: "cancelled", reason: { type: "requested", message: "the live graph was stopped" } }
    expect(await waiting).toEqual(outcome)
    expect(kept.snapshot).toMatchObject({ state: "stopped", waitsFor: undefined })
    expect(supervisor.getSnapshot().tasks).toEqual([])
    kept.invalidate("a")
    kept.pause()
    kept.resume()
    await clock.advance("1 second")
    expect(await kept.refresh({ force: true })).toEqual(outcome)
    expect(supervisor.getSnapshot().tasks).toEqual([])
    await kept.stop()
  })

  it("is that of its block, and of its supervisor", async () => {
    const supervisor = createSupervisor()
    const [began, opened] = [gate(), gate()]
    const task = defineTask({ name: "task", run: () => gateAfter(began, opened) })
    let kept
    {
      await using inBlock = keepFresh(supervisor, graph({ a: task().with({ grace: 0 }) }))
      kept = inBlock
    }
    expect(kept.snapshot.state).toBe("stopped")
    const other = keepFresh(supervisor, graph({ a: task() }))
    await began.opened
    const closing = supervisor.shutdown({ drain: "1 minute" })
    expect(other.snapshot.state).toBe("stopped")
    opened.open()
    await closing
    expect(await other.settled()).toBe(true)
    expect(other.snapshot.steps.a).toMatchObject({ state: "valid" })
    expect(keepFresh(supervisor, graph({ a: task() })).snapshot.state).toBe("stopped")
  })
})

describe("keepFresh refuses", () => {
  const task = defineTask({ name: "task", run: (_ctx, n: number) => n })
  const anything = (value: unknown): never => value as never

  it.each<[string, (supervisor: ReturnType<typeof createSupervisor>) => unknown, string]>([
    ["what is no supervisor", () => keepFresh(anything({}), graph({})), "is no supervisor"],
    ["no supervisor at all", () => keepFresh(anything(undefined), graph({})), "undefined is no supervisor"],
    [
      "another call",
      (supervisor) => keepFresh(supervisor, anything(task(1))),
      '"task" is no graph; make one with graph',
    ],
    ["a mode", (supervisor) => keepFresh(supervisor, graph({}), { mode: anything("auto") }), '"mode" must be one of'],
    ["a debounce", (supervisor) => keepFresh(supervisor, graph({}), { debounce: anything("soon") }), '"debounce"'],
    ["options", (supervisor) => keepFresh(supervisor, graph({}), anything(3)), "options must be an object"],
    ["an equality", (supervisor) => keepFresh(supervisor, graph({}), { isEqual: anything(1) }), '"isEqual" must be'],
    [
      "an unknown step",
      (supervisor) => keepFresh(supervisor, graph({ a: task(1) })).invalidate(anything("b")),
      'Cannot invalidate "b": it is none of the steps of this graph: a',
    ],
    [
      "a call for no step",
      (supervisor) => keepFresh(supervisor, graph({ a: task(1) })).invalidate(anything(undefined), anything(task(2))),
      "Cannot invalidate undefined: it is none of the steps of this graph: a",
    ],
    [
      "a definition for a call",
      (supervisor) => keepFresh(supervisor, graph({ a: task(1) })).invalidate("a", anything(task)),
      'Cannot invalidate step "a": what it runs must be a task call',
    ],
  ])("%s", (_title, make, message) => {
    const { supervisor } = setup()
    expect(() => make(supervisor)).toThrow(message)
  })
})
