import * as fc from "fast-check"
import {
  type CancelReceipt,
  processExecutor,
  type Supervisor,
  type TaskFact,
  type TaskHandle,
  threadExecutor,
} from "tasktor"
import { expect, it, onTestFailed } from "vitest"
import { gust, type Kind, kinds } from "../../../fixtures/storm.ts"
import { childProcesses, leftOf } from "../../../support/os.ts"
import { setupReal, workers } from "../../../support/setup.ts"

/** Told when it fails: the same plan again. */
const seed = Number(process.env["STORM_SEED"] ?? Date.now() % 2 ** 31)

interface Gust {
  readonly kind: Kind
  readonly priority: number
  readonly maxAttempts: number
  /** After so many turns of the event loop; not at all for most. */
  readonly cancelAfter: number | undefined
  /** A worker is killed from outside then. */
  readonly kills: boolean
}

const weights: Readonly<Record<Kind, number>> = {
  quick: 600,
  computes: 100,
  waits: 80,
  deaf: 4,
  fails: 60,
  // The start of another worker takes its time.
  exits: 4,
  stray: 4,
  parent: 80,
}

const plan: fc.Arbitrary<Gust> = fc.record({
  kind: fc.oneof(...kinds.map((kind) => ({ weight: weights[kind], arbitrary: fc.constant(kind) }))),
  priority: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -1, max: 3 }) },
  ),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  cancelAfter: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.nat({ max: 20 }) },
  ),
  kills: fc.nat({ max: 99 }).map((n) => n === 0),
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

interface Storm {
  readonly handles: readonly TaskHandle<string>[]
  readonly receipts: readonly { readonly handle: TaskHandle<string>; readonly receipt: CancelReceipt }[]
  /** How often each task's `whenDone` was called. */
  readonly done: ReadonlyMap<string, number>
  readonly facts: readonly TaskFact[]
}

/** Submits, cancels and kills as planned, and waits until nothing is alive. */
async function rage(
  supervisor: Supervisor,
  executor: string,
  gusts: readonly Gust[],
  others: readonly number[],
): Promise<Storm> {
  const handles: TaskHandle<string>[] = []
  const receipts: Promise<Storm["receipts"][number]>[] = []
  const done = new Map<string, number>()
  const facts: TaskFact[] = []
  supervisor.onFact((fact) => facts.push(fact))
  for (const [index, { kind, priority, maxAttempts, cancelAfter, kills }] of gusts.entries()) {
    const handle = supervisor.run(gust(kind, executor), {
      executor,
      priority,
      grace: 10,
      retry: { maxAttempts, delay: 0 },
      whenDone: ({ id }) => done.set(id, (done.get(id) ?? 0) + 1),
    })
    handles.push(handle)
    if (cancelAfter !== undefined) {
      const cancel = async (): Promise<Storm["receipts"][number]> => {
        for (let left = cancelAfter; left > 0; left--) await turn()
        return { handle, receipt: await handle.cancel() }
      }
      receipts.push(cancel())
    }
    if (kills) killOne(others, index)
    // Neither all at once nor one by one.
    if (index % 50 === 49) await handles[index - 20]?.outcome()
  }
  await supervisor.settled()
  return { handles, receipts: await Promise.all(receipts), done, facts }
}

function killOne(others: readonly number[], nth: number): void {
  const own = childProcesses().filter((pid) => !others.includes(pid))
  const pid = own[nth % own.length]
  if (pid !== undefined) process.kill(pid, "SIGKILL")
}

/** Facts that come after their task's outcome, and tasks that have not exactly one. */
function misplaced(facts: readonly TaskFact[]): readonly string[] {
  const ended = new Set<string>()
  const wrong: string[] = []
  for (const { task, type } of facts) {
    if (ended.has(task)) wrong.push(`${type} of ${task} after its outcome`)
    if (type === "outcome") ended.add(task)
  }
  for (const { task, type } of facts) if (type === "submitted" && !ended.has(task)) wrong.push(`no outcome of ${task}`)
  return wrong
}

function countsOf(facts: readonly TaskFact[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }
  for (const fact of facts) {
    if (fact.type === "outcome") counts[fact.outcome.status] = (counts[fact.outcome.status] ?? 0) + 1
  }
  return counts
}

it.each(workers)(
  "in a %s nothing is lost and nothing happens twice, while workers die, tasks are cancelled, retried and overtaken, and bodies wait",
  async (executor) => {
    onTestFailed(() => void process.stderr.write(`Again: STORM_SEED=${seed}\n`))
    const gusts = fc.sample(plan, { numRuns: executor === "thread" ? 2000 : 300, seed })
    const others = childProcesses()
    // However many are killed before they are ready.
    const options = { concurrency: 2, restarts: { limit: 1000, within: "1 minute" } } as const
    const executors = [threadExecutor(options), processExecutor(options)]
    const { supervisor } = setupReal({ executors, history: 10_000 })
    const { handles, receipts, done, facts } = await rage(supervisor, executor, gusts, others)

    expect([...done.values()].filter((times) => times !== 1)).toEqual([])
    expect(done.size).toBe(gusts.length)
    expect(misplaced(facts)).toEqual([])
    const statusOf = (receipt: CancelReceipt): string =>
      receipt.startsWith("already-") ? receipt.slice(8) : "cancelled"
    const wrong = receipts.filter(({ handle, receipt }) => handle.snapshot.status !== statusOf(receipt))
    expect(wrong).toEqual([])

    // Threads die of their own bodies alone: whoever is innocent has its output.
    const harmless: readonly Kind[] = ["quick", "computes", "waits", "deaf", "parent"]
    const harmed = handles.filter(
      ({ snapshot }, index) =>
        snapshot.status === "failed" && executor === "thread" && harmless.includes(gusts[index]?.kind ?? "quick"),
    )
    expect(harmed.map(({ snapshot }) => snapshot.outcome)).toEqual([])

    expect(supervisor.getSnapshot().counts).toEqual(countsOf(facts))
    expect(supervisor.inspect.stats()).toMatchObject({ alive: 0, timers: 0 })
    const idle = { [executor]: { running: 0, waiting: 0 } }
    expect(supervisor.inspect.stats()).toMatchObject({ slots: idle, executors: { [executor]: { waiting: 0 } } })
    await supervisor.shutdown({ grace: 0 })
    const places = handles.flatMap(({ snapshot: { outcome } }) =>
      outcome?.status === "completed" ? [outcome.output] : [],
    )
    expect(places.length).toBeGreaterThan(gusts.length / 2)
    expect(await leftOf([...new Set(places)])).toEqual([])
    expect(childProcesses().filter((pid) => !others.includes(pid))).toEqual([])
  },
  60_000,
)
