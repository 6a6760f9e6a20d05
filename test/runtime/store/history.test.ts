/** `supervisor.history`: searched, as it was, submitted again. */
import fc from "fast-check"
import {
  chain,
  createSupervisor,
  defineTask,
  events,
  every,
  memoryStore,
  type Store,
  type SupervisorSnapshot,
  type TaskContext,
  TaskNotFoundError,
} from "tasktor"
import { recordFacts, simulatedClock } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { settled } from "../../conformance/store-batches.ts"
import { silentHost } from "../../conformance/store.ts"
import { programs } from "../../support/programs.ts"
import { setup } from "../../support/setup.ts"
import { gate, sleep, untilAborted } from "../../support/wait.ts"

const echo = defineTask({ name: "echo", run: (_ctx, value: unknown) => value })
const importer = defineTask({
  name: "import.customers",
  retry: { maxAttempts: 2, delay: "1 second", jitter: "none" },
  run: (ctx, file: string) => {
    ctx.setMessage(`reads ${file}`)
    throw new TypeError(`no such file: ${file} (${ctx.attempt})`)
  },
})

describe("list", () => {
  it("finds by state, name, tag, key, text, parent and time, the newest first", async () => {
    const { start, clock } = programs()
    const supervisor = start()
    const a = supervisor.run(echo(1), { key: ["report", 7], tags: ["nightly"] })
    const b = supervisor.run(importer("a.csv"), { tags: ["nightly", "csv"] })
    await clock.advance("10 seconds")
    const c = supervisor.run(echo(2), { delay: "1 hour" })
    await clock.settle()
    const idsOf = async (query?: Parameters<typeof supervisor.history.list>[0]): Promise<readonly string[]> =>
      (await supervisor.history.list(query)).tasks.map(({ id }) => id)
    expect(await idsOf()).toEqual([c.id, b.id, a.id])
    expect(await idsOf({ status: ["completed", "failed"], sort: "oldest" })).toEqual([a.id, b.id])
    expect(await idsOf({ name: "import.*" })).toEqual([b.id])
    expect(await idsOf({ tag: "nightly" })).toEqual([b.id, a.id])
    expect(await idsOf({ key: ["report", 7] })).toEqual([a.id])
    expect(await idsOf({ text: "NO SUCH FILE" })).toEqual([b.id])
    expect(await idsOf({ since: new Date(clock.now()) })).toEqual([c.id])
    expect(await idsOf({ parent: null, limit: 2 })).toEqual([c.id, b.id])
    expect(await idsOf("state:failed name:imp")).toEqual([b.id])
    expect(await idsOf('tag:nightly "a.csv"')).toEqual([b.id])
    expect(await idsOf("is:dead")).toEqual([b.id])
    expect(await idsOf('key:["report",7]')).toEqual([a.id])
    expect(await idsOf('tag:nightly key:["report", 7]')).toEqual([a.id])
    const odd = supervisor.run(echo(0), { key: ["a]b", "[report]: 7"] })
    await clock.settle()
    expect(await idsOf('key:["a]b", "[report]: 7"] [report]: state:completed')).toEqual([odd.id])
    expect(await idsOf('key:"[odd"')).toEqual([])
    await expect(supervisor.history.list("key:[odd")).rejects.toThrow(
      '"key" must be a text, a number or an array in JSON, such as key:["a", 7], current value is "[odd"',
    )
    const numbered = [supervisor.run(echo(3), { key: 7 }), supervisor.run(echo(4), { key: "7", delay: "1 hour" })]
    await clock.settle()
    expect(await idsOf("key:7")).toEqual(numbered.map(({ id }) => id).toReversed())
    expect(await idsOf({ key: "7" })).toEqual([numbered[1]?.id])
  })

  it("gives pages that stay where they are while tasks come", async () => {
    const { start, clock } = programs()
    const supervisor = start()
    const ids = Array.from({ length: 5 }, (_, n) => supervisor.run(echo(n)).id).toReversed()
    await clock.settle()
    const first = await supervisor.history.list({ limit: 2 })
    supervisor.run(echo("new"))
    const second = await supervisor.history.list({ limit: 2, cursor: first.next })
    const third = await supervisor.history.list({ limit: 2, cursor: second.next })
    expect([first, second, third].flatMap(({ tasks }) => tasks.map(({ id }) => id))).toEqual(ids)
    expect(third.next).toBeUndefined()
  })

  it.each([
    [
      { status: "done" },
      '"status" must be one of pending, running, completed, failed, cancelled, current value is "done"',
    ],
    [{ limit: 0 }, '"limit" must be 1 to 1000, current value is 0'],
    [{ since: new Date(Number.NaN) }, '"since" must be a Date'],
    [{ sort: "name" }, '"sort" must be one of newest, oldest, settled-newest, settled-oldest, current value is "name"'],
    ["is:alive", '"is" must be "dead", current value is "alive"'],
    ["state:finished", '"state" must be one of pending'],
    [7, "a query is an object or a text, current value is 7"],
  ])("refuses %j", async (query, message) => {
    const { start } = programs()
    await expect(start().history.list(query as never)).rejects.toThrow(`Cannot read the query: ${message}`)
  })
})

describe("dead letters", () => {
  it("are what failed with no attempt left, with the failure of every attempt", async () => {
    const { start, clock } = programs()
    const supervisor = start()
    const { id } = supervisor.run(importer("b.csv"))
    supervisor.run(echo(1))
    await clock.advance("10 seconds")
    const { tasks } = await supervisor.history.deadLetters()
    expect(tasks).toHaveLength(1)
    expect(tasks[0]).toMatchObject({
      id,
      attempt: 2,
      outcome: {
        failure: { error: { message: "no such file: b.csv (2)" } },
        attempts: [
          { error: { message: "no such file: b.csv (1)" } },
          { error: { message: "no such file: b.csv (2)" } },
        ],
      },
    })
  })
})

describe("resubmit", () => {
  it("runs the same once more, linked to the old one, in another program too", async () => {
    const { start, clock, kill } = programs()
    const old = start().run(echo({ deep: [1, new Date(0)] }), { key: "once", tags: ["x"] })
    await clock.settle()
    kill()
    const next = start()
    const again = await next.history.resubmit(old.id)
    expect(again.id).not.toBe(old.id)
    expect(await again.result()).toEqual({ deep: [1, new Date(0)] })
    expect(again.snapshot).toMatchObject({
      key: "once",
      tags: ["x"],
      origin: { type: "resubmission", of: old.id },
    })
  })

  it("runs it for the slot that it was for, as often as it is submitted again", async () => {
    const { start, clock, kill } = programs()
    const slots: string[] = []
    const note = defineTask({ name: "note", run: (ctx) => void slots.push(`${ctx.scheduledFor?.toISOString()}`) })
    const first = start()
    first.schedules.add("nightly", every("10 seconds"), chain(note(), note()), { limit: 1 })
    await clock.advance("1 minute")
    kill()
    const next = start()
    const [old] = (await next.history.list({ schedule: "nightly" })).tasks
    const again = await next.history.resubmit(old?.id ?? "")
    await again.result()
    const slot = slots[0] === undefined ? Number.NaN : Date.parse(slots[0])
    expect(again.snapshot.origin).toEqual({ type: "resubmission", of: old?.id, slot })
    await (await next.history.resubmit(again.id)).result()
    expect(slots).toEqual(Array(6).fill(new Date(slot).toISOString()))
  })

  it("runs it after what holds its key, however many are submitted again, and replaces nothing", async () => {
    const { start, clock } = programs()
    const supervisor = start()
    let isBroken = true
    const note = defineTask({
      name: "note",
      retry: { maxAttempts: 1 },
      run: async () => {
        if (isBroken) throw new Error("broken")
        await sleep(clock, 1000)
      },
    })
    supervisor.schedules.add("nightly", every("10 seconds"), note(), { limit: 4 })
    await clock.advance("30 seconds")
    isBroken = false
    await clock.advance("10 seconds")
    const { tasks: dead } = await supervisor.history.deadLetters()
    const again = await Promise.all(dead.map(({ id }) => supervisor.history.resubmit(id)))
    await clock.advance("1 minute")
    expect(again.map(({ snapshot }) => snapshot.status)).toEqual(["completed", "completed", "completed"])
    const { tasks } = await supervisor.history.list({ status: "cancelled" })
    expect(tasks).toEqual([])
  })

  it("leaves out limits that were Dates, which have passed", async () => {
    const { start, clock } = programs()
    const supervisor = start()
    const expires = new Date(clock.now() + 1000)
    const { id } = supervisor.run(echo(1).with({ expires, delay: "1 minute" }))
    await clock.advance("1 hour")
    expect(supervisor.get(id).snapshot.outcome).toMatchObject({ reason: { type: "expired" } })
    const again = await supervisor.history.resubmit(id)
    await clock.advance("1 hour")
    expect(again.snapshot.status).toBe("completed")
  })

  it("refuses what lives, what had no definition, and what nobody knows", async () => {
    const { start, clock } = programs()
    const supervisor = start()
    const alive = supervisor.run(echo(1), { delay: "1 hour" })
    const nameless = supervisor.addCoroutine(() => 1, [])
    await clock.settle()
    await expect(supervisor.history.resubmit(alive.id)).rejects.toThrow(
      "it has not settled; wait for its outcome, or cancel it",
    )
    await expect(supervisor.history.resubmit(nameless.id)).rejects.toThrow(
      "it had no definition that could be found again",
    )
    await expect(supervisor.history.resubmit("t-none")).rejects.toThrow(TaskNotFoundError)
  })
})

describe("purge", () => {
  it("cancels what is queued and matches, and nothing else", async () => {
    const { start, clock } = programs()
    const supervisor = start({ concurrency: { coroutine: 1 } })
    const running = supervisor.addCoroutine(untilAborted, [])
    const queued = [1, 2].map((n) => supervisor.run(echo(n)))
    const tagged = supervisor.run(echo(3), { tags: ["keep"] })
    const delayed = supervisor.run(echo(4), { delay: "1 hour" })
    await clock.settle()
    expect(await supervisor.history.purge({ tag: "none" })).toBe(0)
    expect(await supervisor.history.purge("name:echo tag:keep")).toBe(1)
    expect(await supervisor.history.purge()).toBe(2)
    expect([running, ...queued, tagged, delayed].map(({ snapshot }) => snapshot.phase)).toEqual([
      "executing",
      "settled",
      "settled",
      "settled",
      "delayed",
    ])
    expect(queued[0]?.snapshot.outcome).toEqual({
      status: "cancelled",
      reason: { type: "requested", message: "purged" },
    })
  })
})

it("purges what was there when it was asked, and ends with what it has done where a shutdown comes", async () => {
  const { start, clock } = programs()
  const supervisor = start({ concurrency: { coroutine: 1 } })
  supervisor.addCoroutine(untilAborted, [])
  for (let n = 0; n < 3000; n++) supervisor.run(echo(n))
  await clock.settle()
  const purged = supervisor.history.purge()
  const late = supervisor.run(echo("late"))
  await clock.settle()
  expect([await purged, late.snapshot.status]).toEqual([3000, "pending"])
  for (let n = 0; n < 3000; n++) supervisor.run(echo(n))
  await clock.settle()
  const cut = supervisor.history.purge()
  await Promise.all([supervisor.shutdown({ grace: 0 }), clock.advance("1 second")])
  expect(await cut).toBeGreaterThan(0)
})

it("gives others their turns while it purges thousands", async () => {
  const { start, clock } = programs()
  const supervisor = start({ concurrency: { coroutine: 1 } })
  supervisor.addCoroutine(untilAborted, [])
  for (let n = 0; n < 2500; n++) supervisor.run(echo(n))
  await clock.settle()
  let turns = 0
  let isOver = false
  const next = (): void => {
    turns++
    if (!isOver) setImmediate(next)
  }
  setImmediate(next)
  expect(await supervisor.history.purge()).toBe(2500)
  isOver = true
  expect(turns).toBeGreaterThanOrEqual(2)
})

describe("facts", () => {
  it("are what those heard who listened, from the beginning or from where one was", async () => {
    const { start, clock } = programs()
    const supervisor = start()
    using recording = recordFacts(supervisor)
    const tells = defineTask({
      name: "tells",
      events: events<{ part: Uint8Array }>(),
      publish: "demo",
      retry: { maxAttempts: 2, delay: 0 },
      run: async (ctx) => {
        ctx.setProgress(0.5)
        ctx.sendEvent("part", new Uint8Array([ctx.attempt]))
        ctx.log.info("attempt", ctx.attempt)
        if (ctx.attempt === 1) throw new SyntaxError("first")
        await sleep(clock, 5)
        return { done: true }
      },
    })
    const { id } = supervisor.run(tells(), { publishId: "test1" })
    await clock.advance("3 seconds")
    const kept = await supervisor.history.facts(id)
    expect(kept).toEqual(recording.where({ task: id }))
    const third = kept[2]?.sequence ?? 0
    expect(await supervisor.history.facts(id, { after: third })).toEqual(kept.slice(3))
    await expect(supervisor.history.facts("t-none")).rejects.toThrow(TaskNotFoundError)
  })
})

describe("at", () => {
  it("gives the supervisor as it was, at any position and at any instant", async () => {
    const { start, clock } = programs()
    const supervisor = start({ concurrency: { coroutine: 1 } })
    const open = gate()
    const work = supervisor.addCoroutine(async (ctx) => {
      ctx.setProgress(0.5)
      await open.opened
    }, [])
    supervisor.run(echo(1))
    await clock.advance("10 seconds")
    const busy = clock.now()
    const inTheMiddle = supervisor.getSnapshot()
    await clock.advance(1)
    open.open()
    await clock.advance("10 seconds")
    expect(await supervisor.history.at(new Date(busy))).toEqual(inTheMiddle)
    expect(await supervisor.history.at(new Date(clock.now()))).toEqual(supervisor.getSnapshot())
    expect(await supervisor.history.at(0)).toMatchObject({ state: "stopped", tasks: [] })
    expect(await supervisor.history.at(1)).toMatchObject({ state: "open", tasks: [] })
    expect((await supervisor.history.at(2)).tasks.map(({ id }) => id)).toEqual([work.id])
    await expect(supervisor.history.at(1.5)).rejects.toThrow("a position is a whole number, 0 or more")
  })

  it("costs what is kept, and not what was ever written", async () => {
    const store = memoryStore({ retention: { completed: { count: 0 } } })
    const session = store.open(silentHost)
    session.commit(settled(12_000))
    while (session.sweep(0) > 0);
    session.close()
    let asked = 0
    const clock = simulatedClock()
    const counting: Store = {
      name: store.name,
      open: (host) => {
        const own = store.open(host)
        const entries: typeof own.entries = (range) => {
          asked++
          return own.entries(range)
        }
        return new Proxy(own, { get: (_, name) => (name === "entries" ? entries : Reflect.get(own, name)) as unknown })
      },
    }
    const supervisor = createSupervisor({ store: counting, clock })
    const last = await supervisor.history.last()
    expect(last).toBeGreaterThan(20_000)
    expect(await supervisor.history.at(last)).toEqual(supervisor.getSnapshot())
    expect(asked).toBe(1)
    await supervisor.shutdown()
  })

  it("is what the supervisor said after each turn, whatever happens, in one program after the other", async () => {
    const kinds = ["quick", "fails", "works", "waits", "hidden", "parent"] as const
    const act = async (ctx: TaskContext<never>, kind: (typeof kinds)[number], clock: Clock): Promise<unknown> => {
      if (kind === "quick" || kind === "hidden") return kind
      ctx.setTotal(10)
      ctx.setProgress(ctx.attempt)
      ctx.setMessage(kind)
      if (kind === "fails") throw new Error(`attempt ${ctx.attempt}`)
      if (kind === "parent") await ctx.run(echo(1), { weight: 2 }).outcome()
      if (kind !== "works") return kind === "parent" ? "parent" : untilAborted(ctx)
      await sleep(clock, 1500)
      return "works"
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            { weight: 5, arbitrary: fc.record({ run: fc.constantFrom(...kinds), delay: fc.constantFrom(0, 0, 700) }) },
            { weight: 2, arbitrary: fc.record({ cancel: fc.nat() }) },
            { weight: 3, arbitrary: fc.record({ pass: fc.integer({ min: 0, max: 1200 }) }) },
            { weight: 1, arbitrary: fc.record({ kill: fc.constant(true) }) },
          ),
          { maxLength: 20 },
        ),
        async (steps) => {
          const { start, clock, kill } = programs()
          const any = defineTask({
            name: "any",
            retry: { maxAttempts: 2, delay: 300, jitter: "none" },
            run: (ctx, kind: (typeof kinds)[number]) => act(ctx, kind, clock),
          })
          let supervisor = start({ concurrency: { coroutine: 2 } })
          const said: [position: number, snapshot: SupervisorSnapshot][] = []
          const ids: string[] = []
          for (const step of steps) {
            if ("run" in step)
              ids.push(supervisor.run(any(step.run), { delay: step.delay, visible: step.run !== "hidden" }).id)
            else if ("cancel" in step && ids.length > 0) void supervisor.cancel(ids[step.cancel % ids.length] ?? "")
            else if ("pass" in step) await clock.advance(step.pass)
            else if ("kill" in step) {
              await clock.advance(1001)
              kill()
              supervisor = start({ concurrency: { coroutine: 2 } })
            }
            await clock.advance(1001) // no report waits for company
            said.push([await supervisor.history.last(), supervisor.getSnapshot()])
          }
          for (const [position, snapshot] of said) {
            const past = await supervisor.history.at(position)
            expect(past).toEqual({
              ...snapshot,
              tasks: snapshot.tasks,
              progress: expect.closeTo(snapshot.progress, 9) as number,
            })
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

type Clock = ReturnType<typeof programs>["clock"]

it("without a store, says what to do", async () => {
  const { supervisor } = setup()
  await expect(supervisor.history.list()).rejects.toThrow(
    "Cannot look into the history: this supervisor has no store; give it one, as in createSupervisor({ store: memoryStore() })",
  )
})

it("what is no store is refused by name", () => {
  expect(() => createSupervisor({ store: "tasks.db" as never })).toThrow(
    'Cannot create a supervisor: "store" must be a store, as sqliteStore("tasks.db") of tasktor/sqlite is, current value is "tasks.db"',
  )
  void memoryStore
})
