import * as fc from "fast-check"
import {
  createSupervisor,
  defineTask,
  type RunOptions,
  type Supervisor,
  type TaskContext,
  type TaskFact,
  type TaskHandle,
} from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { expect, it } from "vitest"
import type { SimulatedClock } from "../support/setup.ts"
import { forEver, isSettled, sleep, untilAborted } from "../support/wait.ts"

type Behaviour =
  | "returns"
  | "throws"
  | "works"
  | "waits"
  | "ignores"
  | "cleans up slowly"
  | "asks again"
  | "has children"

const behaviours: readonly Behaviour[] = [
  "returns",
  "throws",
  "works",
  "waits",
  "ignores",
  "cleans up slowly",
  "asks again",
  "has children",
]

let clockOfChildren: SimulatedClock
const child = defineTask({
  name: "any-child",
  run: (ctx, behaviour: Behaviour) => behave(ctx, clockOfChildren, behaviour),
})

async function behave(ctx: TaskContext<never>, clock: SimulatedClock, behaviour: Behaviour): Promise<unknown> {
  ctx.setProgress(0.25)
  switch (behaviour) {
    case "returns":
      return "at once"
    case "throws":
      throw new Error("as told")
    case "works":
      await Promise.race([sleep(clock, 700), untilAborted(ctx)])
      return "late"
    case "waits":
      return untilAborted(ctx)
    case "ignores":
      return forEver()
    case "cleans up slowly":
      ctx.onCancel(() => sleep(clock, 300))
      return untilAborted(ctx)
    case "asks again":
      return ctx.attempt === 1 ? ctx.retry({ after: 150 }) : "second"
    case "has children": {
      const children = [ctx.run(child("works")), ctx.run(child("throws")), ctx.run(child("waits"))]
      await Promise.all(children.slice(0, 2).map((one) => one.outcome()))
      throw new Error("one of mine still waits")
    }
  }
}

const few = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(50, 400, 1500) },
)
const anySettings = fc.record({
  behaviour: fc.constantFrom(...behaviours),
  key: fc.constantFrom(undefined, undefined, "k", 7),
  onConflict: fc.constantFrom("replace" as const, "reject" as const, "join" as const, "queue" as const),
  priority: fc.integer({ min: -1, max: 1 }),
  queue: fc.constantFrom(undefined, "narrow", "slow"),
  delay: few,
  expires: few,
  deadline: few,
  soft: few,
  hard: fc.constantFrom(undefined, 2000),
  attempts: fc.integer({ min: 1, max: 3 }),
  grace: fc.constantFrom(100, 1000),
  visible: fc.boolean(),
})
type Settings = typeof anySettings extends fc.Arbitrary<infer T> ? T : never

const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ submit: anySettings }) },
  { weight: 1, arbitrary: fc.record({ cancel: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ pass: fc.integer({ min: 0, max: 600 }) }) },
)

function optionsOf(settings: Settings): RunOptions {
  const { key, onConflict, priority, queue, delay, expires, deadline, soft, hard, attempts, grace, visible } = settings
  const given = Object.entries({ key, queue, delay, expires, deadline }).filter(([, value]) => value !== undefined)
  return {
    ...(Object.fromEntries(given) as RunOptions),
    onConflict,
    priority,
    grace,
    visible,
    timeout: { ...(soft === undefined ? {} : { soft }), ...(hard === undefined ? {} : { hard }) },
    retry: { maxAttempts: attempts, delay: 100, jitter: "none" },
  }
}

/** What must hold of all facts that were told, task by task; empty when it does. */
function brokenLaws(facts: readonly TaskFact[]): readonly string[] {
  const broken: string[] = []
  for (const [id, own] of Map.groupBy(facts, ({ task }) => task)) {
    const types = own.map(({ type }) => type)
    if (types.indexOf("submitted") !== 0 || types.lastIndexOf("submitted") !== 0)
      broken.push(`${id} was not submitted first`)
    if (types.indexOf("outcome") !== types.length - 1)
      broken.push(`${id} did not end with its one outcome: ${types.join()}`)
    if (own.some(({ sequence }, i) => i > 1 && sequence <= own[i - 1]!.sequence)) broken.push(`${id} is out of order`)
    if (own.some(({ at }, i) => i > 0 && at < own[i - 1]!.at)) broken.push(`${id} goes back in time`)
  }
  return broken
}

function slotsInUse(supervisor: Supervisor): readonly unknown[] {
  return [supervisor.inspect.active(), supervisor.inspect.reserved(), supervisor.inspect.scheduled()]
}

it("whatever is asked for, in whatever order: every task ends once, tells it once, and gives back what it held", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyStep, { maxLength: 25, size: "max" }),
      fc.integer({ min: 1, max: 4 }),
      async (steps, slots) => {
        const clock = simulatedClock()
        clockOfChildren = clock
        const warnings: string[] = []
        const supervisor = createSupervisor({
          clock,
          concurrency: { coroutine: slots },
          queues: { narrow: { concurrency: 1 }, slow: { rateLimit: { limit: 1, per: 200 } } },
          warn: (message) => warnings.push(message),
        })
        const facts: TaskFact[] = []
        supervisor.onFact((fact) => facts.push(fact))
        const handles: TaskHandle[] = []
        const done: string[] = []
        let submissions = 0
        const receipts: Promise<string>[] = []
        for (const step of steps) {
          if ("submit" in step) {
            const { behaviour } = step.submit
            const options = optionsOf(step.submit)
            submissions++
            const whenDone = ({ id }: TaskHandle): void => void done.push(id)
            handles.push(supervisor.addCoroutine((ctx) => behave(ctx, clock, behaviour), [], { ...options, whenDone }))
          } else if ("cancel" in step) {
            if (handles.length > 0) receipts.push(handles[step.cancel % handles.length]!.cancel())
          } else await clock.advance(step.pass)
        }
        // those that wait for ever must be told
        await clock.advance("1 minute")
        for (const handle of handles) receipts.push(handle.cancel())
        await clock.advance("1 minute")

        expect(handles.filter(({ snapshot }) => snapshot.outcome === undefined)).toEqual([])
        expect(await isSettled(supervisor, clock)).toBe(true)
        expect(slotsInUse(supervisor)).toEqual([[], [], []])
        expect(brokenLaws(facts)).toEqual([])
        expect(done).toHaveLength(submissions)
        expect((await Promise.all(receipts)).filter((receipt) => receipt === "unknown")).toEqual([])
        expect(warnings.filter((message) => !message.includes("ignored its abort"))).toEqual([])
        const visible = new Set(facts.flatMap((fact) => (fact.type === "submitted" && fact.visible ? [fact.task] : [])))
        const { counts, progress, tasks } = supervisor.getSnapshot()
        expect({ progress, tasks }).toEqual({ progress: 1, tasks: [] })
        expect(counts.completed + counts.failed + counts.cancelled).toBe(visible.size)
        expect([counts.pending, counts.running]).toEqual([0, 0])

        // every slot and every queue is free again
        const again = Array.from({ length: slots }, () => supervisor.addCoroutine(untilAborted, []))
        await clock.advance("1 second")
        expect(again.map(({ snapshot }) => snapshot.status)).toEqual(again.map(() => "running"))
        const queued = supervisor.addCoroutine(untilAborted, [], { queue: "narrow", priority: 5, key: "k" })
        void again[0]!.cancel()
        await clock.advance("1 second")
        expect(queued.snapshot.status).toBe("running")
        const stopped = supervisor.shutdown()
        await clock.advance("1 minute")
        await stopped
        expect(supervisor.getSnapshot().state).toBe("stopped")
      },
    ),
    { numRuns: 300 },
  )
})
