import type { Executor, Supervisor, TaskCall, TaskFailure } from "tasktor"
import { describe, expect, it } from "vitest"
import type { WorkerPoolOptions } from "../../adapters/executors/pool/worker-options.ts"
import * as bodies from "../fixtures/conformance/bodies.ts"
import * as broken from "../fixtures/conformance/broken-modules.ts"
import { QuotaError } from "../fixtures/conformance/quota-error.ts"
import { runsChainHere } from "../fixtures/conformance/refused-child.ts"
import { begun, openSupervisor, range, until } from "./executor.ts"

export interface WorkerExecutorOptions extends WorkerPoolOptions {
  readonly resourceLimits?: { readonly maxOldGenerationSizeMb?: number }
}

/** What an executor has to do whose workers can be killed, and die. Called once by each. */
export function describeWorkerExecutor(executor: string, make: (options?: WorkerExecutorOptions) => Executor): void {
  const open = (options: WorkerExecutorOptions = {}): Supervisor =>
    openSupervisor(make({ concurrency: 2, ...options }), executor, options.concurrency ?? 2)
  const failureOf = async (supervisor: Supervisor, call: TaskCall<unknown>): Promise<TaskFailure> => {
    const outcome = await supervisor.run(call).outcome()
    if (outcome.status !== "failed") throw new Error(`The task is ${outcome.status}`)
    return outcome.failure
  }
  /** Resolves in a later turn, when what was submitted in this one is in the executor's hands. */
  const handedOver = async (supervisor: Supervisor): Promise<void> => {
    const { port1, port2 } = new MessageChannel()
    await new Promise((resolve) => {
      port1.onmessage = resolve
      port2.postMessage(undefined)
    })
    port1.close()
    expect(supervisor.inspect.reserved()).not.toEqual([])
  }
  const stats = (supervisor: Supervisor): Stats =>
    (supervisor.inspect.stats()["executors"] as Record<string, Stats>)[executor] as Stats

  describe("a body that computes", () => {
    it("sees its abort in a loop that never yields, and is seen moving", async () => {
      const handle = open().run(bodies.attentive())
      await until(handle, (snapshot) => snapshot.progress > 0.5)
      expect(await handle.cancel()).toBe("cancelled")
    })

    it("is killed when it ignores its abort, and what comes next runs on another worker", async () => {
      const supervisor = open({ concurrency: 1 })
      const handle = supervisor.run(bodies.deaf(), { grace: 1 })
      const next = supervisor.run(bodies.echo("next"))
      await until(handle, (snapshot) => snapshot.message === "deaf")
      expect(await handle.cancel()).toBe("terminated")
      expect(handle.snapshot.status).toBe("cancelled")
      expect(await next.result()).toBe("next")
    })

    it("is killed also where others of its definition are over at once", async () => {
      const supervisor = open({ concurrency: 1 })
      await Promise.all(range(100).map(() => supervisor.run(bodies.computes(0)).result()))
      const handle = supervisor.run(bodies.computes(3_600_000), { grace: 0 })
      const next = range(20).map((n) => supervisor.run(bodies.echo(n)))
      await begun(handle)
      expect(await handle.cancel()).toBe("terminated")
      expect(await Promise.all(next.map((one) => one.result()))).toEqual(range(20))
    })

    it("is killed at its hard timeout", async () => {
      const supervisor = open({ concurrency: 1 })
      const failure = await failureOf(supervisor, bodies.deaf().with({ timeout: { hard: 50 } }))
      expect(failure).toEqual({ type: "timeout", limit: "hard", afterMs: 50 })
      expect(await supervisor.run(bodies.echo("next")).result()).toBe("next")
    })

    it("keeps nobody waiting behind it while another worker is idle", async () => {
      const supervisor = open()
      // Until both workers are there.
      for (const few = range(4); (stats(supervisor).workers["idle"] ?? 0) < 2;) {
        await Promise.all(few.map(() => supervisor.run(bodies.computes(1)).result()))
      }
      // So short on the whole that many are prefetched behind the one that is not.
      await Promise.all(range(200).map(() => supervisor.run(bodies.computes(0)).result()))
      const endless = supervisor.run(bodies.computes(3_600_000), { grace: 0 })
      await Promise.all(range(200).map(() => supervisor.run(bodies.computes(0)).result()))
      // On a busy machine they may all be over before it begins.
      await begun(endless)
      expect(await endless.cancel()).toBe("terminated")
    })
  })

  describe("an error inside a value", () => {
    it("keeps what a clone keeps: message, stack, cause, and a class of the language's own", async () => {
      const own = new QuotaError("too much", 17, { cause: new TypeError("why") })
      const { problems } = (await open()
        .run(bodies.echo({ problems: [own, new RangeError("range")] }))
        .result()) as { readonly problems: readonly Error[] }
      expect(problems[0]).toMatchObject({ message: "too much", stack: own.stack, name: "Error" })
      expect(problems[0]?.cause).toBeInstanceOf(TypeError)
      expect(problems[0]).not.toHaveProperty("limit")
      expect(problems[1]).toBeInstanceOf(RangeError)
    })
  })

  describe("a worker that dies", () => {
    it.each([
      { how: "exit" as const, code: 9, failure: { type: "crash", exitCode: 9 } },
      { how: "exit" as const, code: 0, failure: { type: "crash", exitCode: 0 } },
      { how: "stray" as const, code: 0, failure: { type: "error", error: { message: "out of reach", limit: 18 } } },
      { how: "reject" as const, code: 0, failure: { type: "error", error: { message: "nobody listens", limit: 19 } } },
    ])("of $how($code) fails its task, and no other", async ({ how, code, failure }) => {
      const supervisor = open()
      expect(await failureOf(supervisor, bodies.ends(how, code))).toMatchObject(failure)
      expect(await supervisor.run(bodies.ends("well", 1)).result()).toBe(1)
    })

    it("fails one task only, however many it had finished or had in hand", async () => {
      const supervisor = open()
      await Promise.all(range(200).map((n) => supervisor.run(bodies.ends("well", n)).result()))
      const before = range(100).map((n) => supervisor.run(bodies.ends("well", n)))
      const culprit = supervisor.run(bodies.ends("exit", 3))
      const after = range(100).map((n) => supervisor.run(bodies.ends("well", n)))
      expect(await culprit.outcome()).toMatchObject({ failure: { type: "crash", exitCode: 3 } })
      expect(await Promise.all(before.map((handle) => handle.result()))).toEqual(range(100))
      expect(await Promise.all(after.map((handle) => handle.result()))).toEqual(range(100))
    })

    it("for want of memory says so", async () => {
      const supervisor = open({ resourceLimits: { maxOldGenerationSizeMb: 40 } })
      expect(await failureOf(supervisor, bodies.ends("heap"))).toMatchObject({ type: "crash", outOfMemory: true })
      expect(await supervisor.run(bodies.ends("well", 1)).result()).toBe(1)
    })

    it("is one attempt for the retry policy", async () => {
      const handle = open().run(bodies.ends("exit", 9), { retry: { maxAttempts: 2, delay: 0 } })
      expect(await handle.outcome()).toMatchObject({
        attempts: [
          { type: "crash", exitCode: 9 },
          { type: "crash", exitCode: 9 },
        ],
      })
    })
  })

  describe("what cannot cross", () => {
    it("fails at the start with the path of what was given", async () => {
      const supervisor = open({ concurrency: 1 })
      const all = [bodies.echo(1), bodies.echo({ list: [0, { callback: () => {} }] }), bodies.echo(2)]
      const outcomes = await Promise.all(all.map((call) => supervisor.run(call).outcome()))
      expect(outcomes).toMatchObject([
        { output: 1 },
        { failure: { type: "serialization", side: "input", path: "args[0].list[1].callback" } },
        { output: 2 },
      ])
    })

    it("fails at the end with the path of what was returned", async () => {
      const supervisor = open({ concurrency: 1 })
      const failed = failureOf(supervisor, bodies.returnsFunction())
      const fine = supervisor.run(bodies.echo("fine")).result()
      expect(await failed).toEqual({ type: "serialization", side: "output", path: "output.items[3].fn" })
      expect(await fine).toBe("fine")
    })

    it("fails alone when it is nested deeper than any stack, at either side", async () => {
      const supervisor = open({ concurrency: 1 })
      const calls = [bodies.echo(bodies.chainOf(50_000)), bodies.returnsChain(50_000), bodies.echo("fine")]
      const [into, out, fine] = await Promise.all(calls.map((call) => supervisor.run(call).outcome()))
      expect(into).toMatchObject({ failure: { type: "serialization", side: "input", path: "args" } })
      expect(out).toMatchObject({ failure: { type: "serialization", side: "output", path: "output" } })
      expect(fine).toMatchObject({ output: "fine" })
      expect(stats(supervisor).started).toBe(1)
    })

    it("fails when it is nested deeper than the stack of one side, whichever that is", async () => {
      const supervisor = open({ concurrency: 1 })
      const ends = new Set<string>()
      for (const length of [1000, 2000, 3000, 4000, 6000, 8000, 12_000]) {
        for (const call of [bodies.returnsChain(length), bodies.sendsChain(length)]) {
          const outcome = await supervisor.run(call).outcome()
          ends.add(outcome.status)
          if (outcome.status === "completed") continue
          expect(outcome).toMatchObject({ status: "failed", failure: { type: "serialization", side: "output" } })
        }
        expect(await supervisor.run(bodies.echo("fine")).result()).toBe("fine")
      }
      expect(ends).toEqual(new Set(["completed", "failed"]))
    })

    it("fails alone when it is nested deeper than its worker can read, whatever is sent with it", async () => {
      const supervisor = open({ concurrency: 1 })
      for (const length of [1000, 2500, 4000]) {
        // So short that those which follow are sent together.
        await Promise.all(range(100).map((n) => supervisor.run(bodies.takes(n)).result()))
        const calls = [0, 1, 2, 3, 4, bodies.chainOf(length), 5, 6].map((value) => bodies.takes(value))
        const outcomes = await Promise.all(calls.map((call) => supervisor.run(call).outcome()))
        const [deep] = outcomes.splice(5, 1)
        expect(outcomes).toEqual(range(7).map(() => ({ status: "completed", output: "taken" })))
        if (deep?.status === "completed") continue
        expect(deep).toMatchObject({ status: "failed", failure: { type: "serialization", side: "input" } })
      }
    })

    it("fails the body that sent it as an event; its other events arrive", async () => {
      const supervisor = open()
      const handle = supervisor.run(bodies.sendsFunction())
      const good: number[] = []
      handle.on("good", (n) => void good.push(n))
      const path = 'event("bad").fn'
      expect(await handle.outcome()).toMatchObject({ failure: { type: "serialization", side: "output", path } })
      expect(good).toEqual([1, 2])
    })
  })

  describe("a module that is no good", () => {
    it.each([
      { call: broken.missing(), says: "there-is-no-such-module.ts" },
      { call: broken.throwing(), says: "this module cannot be imported" },
      { call: broken.unexported(), says: 'add "export" to it' },
    ])("fails the task, not the pool: $call.taskName", async ({ call, says }) => {
      const supervisor = open({ concurrency: 1 })
      for (const _ of ["at first", "and again"]) {
        const failure = await failureOf(supervisor, call)
        expect(failure).toMatchObject({ type: "setup", error: { message: expect.stringContaining(says) } })
      }
      expect(await supervisor.run(bodies.echo("fine")).result()).toBe("fine")
      expect(stats(supervisor).started).toBe(1)
    })

    it.each([broken.neverImported(), broken.computesAtImport()])(
      "holds up nobody once its task is cancelled: $taskName",
      async (call) => {
        const supervisor = open({ concurrency: 1 })
        // Until its worker is there and imports: what has nobody to begin it would not be handed over.
        await supervisor.run(bodies.echo("first")).result()
        const handle = supervisor.run(call)
        await handedOver(supervisor)
        expect(await handle.cancel()).toBe("cancelled")
        expect(handle.snapshot.startedAt).toBeUndefined()
        expect(await supervisor.run(bodies.echo("next")).result()).toBe("next")
      },
    )

    it("fails its task when two workers have not come to the end of it in their time", async () => {
      const supervisor = open({
        concurrency: 1,
        startTimeout: "5 seconds",
        restarts: { limit: 50, within: "1 minute" },
      })
      expect(await failureOf(supervisor, broken.computesAtImport())).toMatchObject({
        type: "setup",
        error: { message: expect.stringContaining("computes-at-import.ts") },
      })
      expect(await supervisor.run(bodies.echo("next")).result()).toBe("next")
    })

    it.each([
      { how: "an exit", call: broken.exitsAtImport(), says: "its worker exits with code 2 before the body begins" },
      { how: "a stray error", call: broken.strayAtImport(), says: "left behind by an import" },
    ])("fails its task when it has ended two workers, of $how", async ({ call, says }) => {
      const supervisor = open({ concurrency: 1, restarts: { limit: 0, within: "1 minute" } })
      const behind = [call, bodies.echo("behind")].map((one) => supervisor.run(one).outcome())
      expect(await Promise.all(behind)).toMatchObject([
        { failure: { type: "setup", error: { message: expect.stringContaining(says) } } },
        { output: "behind" },
      ])
      expect(stats(supervisor).started).toBeLessThanOrEqual(4)
    })

    it("is refused at once where there is none", () => {
      const supervisor = open()
      expect(() => supervisor.addCoroutine(() => 1, [], { executor })).toThrow(/has no module/)
    })
  })

  describe("a child that only the supervisor can refuse", () => {
    it("fails as a task, and takes neither the program nor its siblings along", async () => {
      const onlyWaits = "a pipeline only waits for its steps"
      const refused = { status: "failed", type: "setup", message: expect.stringContaining(onlyWaits) }
      expect(await open().run(runsChainHere(executor)).result()).toEqual([refused, "sibling"])
    })
  })

  describe("a set-up module", () => {
    it("runs once in each worker, before its first task", async () => {
      const setup = new URL("../fixtures/conformance/setup-good.ts", import.meta.url)
      const supervisor = open({ setup })
      const places = await Promise.all(range(20).map(() => supervisor.run(bodies.whereAmI()).result()))
      expect(new Set(places.map((place) => place.prepared))).toEqual(new Set(["yes"]))
    })

    it("that fails breaks the pool, with its reason, instead of starting workers for ever", async () => {
      const setup = new URL("../fixtures/conformance/setup-bad.ts", import.meta.url)
      const supervisor = open({ setup, restarts: { limit: 2, within: "1 minute" } })
      const failures = await Promise.all(range(5).map((n) => failureOf(supervisor, bodies.echo(n))))
      for (const failure of failures) {
        expect(failure).toMatchObject({ type: "setup", error: { message: expect.stringContaining("no licence") } })
      }
      expect(await failureOf(supervisor, bodies.echo("late"))).toMatchObject({ type: "setup" })
      expect(stats(supervisor).started).toBeLessThanOrEqual(4)
    })
  })

  describe("a set-up module that never ends", () => {
    it("breaks the pool, with its reason", async () => {
      const setup = new URL("../fixtures/conformance/setup-endless.ts", import.meta.url)
      const restarts = { limit: 1, within: "1 minute" } as const
      const supervisor = open({ concurrency: 1, setup, startTimeout: 200, restarts })
      const failure = { type: "setup", error: { message: expect.stringContaining("startTimeout") } }
      expect(await failureOf(supervisor, bodies.echo("first"))).toMatchObject(failure)
      expect(await failureOf(supervisor, bodies.echo("late"))).toMatchObject(failure)
    })

    it("holds up no cancel", async () => {
      const setup = new URL("../fixtures/conformance/setup-endless.ts", import.meta.url)
      const supervisor = open({ concurrency: 1, setup })
      const handle = supervisor.run(bodies.echo("first"))
      await handedOver(supervisor)
      expect(await handle.cancel()).toBe("cancelled")
    })
  })

  describe("workers", () => {
    it("are started when there is work, no more than there are slots, and used again", async () => {
      const supervisor = open()
      expect(stats(supervisor).started).toBe(0)
      await supervisor.run(bodies.whereAmI()).result()
      expect(stats(supervisor).started).toBe(1)
      const places = await Promise.all(range(50).map(() => supervisor.run(bodies.whereAmI()).result()))
      expect(new Set(places.map((place) => place.worker)).size).toBeLessThanOrEqual(2)
      expect(stats(supervisor).started).toBe(2)
    })

    it("are replaced after so many tasks", async () => {
      const supervisor = open({ concurrency: 1, recycle: { tasks: 3 } })
      const places = await Promise.all(range(9).map(() => supervisor.run(bodies.whereAmI()).result()))
      const counts = places.reduce(
        (all, { worker }) => all.set(worker, (all.get(worker) ?? 0) + 1),
        new Map<string, number>(),
      )
      expect([...counts.values()]).toEqual([3, 3, 3])
    })

    it("are replaced above so much memory", async () => {
      const supervisor = open({ concurrency: 1, recycle: { memory: "200 MB" } })
      const places: string[] = []
      for (const megabytes of [1, 300, 1]) places.push(await supervisor.run(bodies.hoards(megabytes)).result())
      expect(new Set(places).size).toBe(2)
    })

    it("are ended by force when they are to be replaced and do not let go of their thread", async () => {
      const supervisor = open({ concurrency: 1, recycle: { tasks: 1 }, startTimeout: "5 seconds" })
      await supervisor.run(bodies.keepsItsThread()).result()
      // Nothing else tells of the end of a worker.
      while (stats(supervisor).workers["stopping"] !== 0) await new Promise((resolve) => setTimeout(resolve, 5))
      expect(await supervisor.run(bodies.echo("next")).result()).toBe("next")
    })

    it("have a successor at hand in the grace period, while others wait", async () => {
      const supervisor = open({ concurrency: 1 })
      const deaf = supervisor.run(bodies.deaf(), { grace: "1 minute" })
      const next = supervisor.run(bodies.echo("next"))
      await begun(deaf)
      const receipt = deaf.cancel()
      // No fact, no call of the port and no message tells that a worker became idle; only its number does. So it is looked for until it is there.
      while (stats(supervisor).workers["idle"] !== 1) await new Promise((resolve) => setTimeout(resolve, 5))
      expect(deaf.snapshot.phase).toBe("cancelling")
      expect(next.snapshot.status).toBe("pending")
      expect(stats(supervisor).started).toBe(2)
      await supervisor.shutdown({ drain: 0, grace: 0 })
      expect(await receipt).toBe("terminated")
      expect(stats(supervisor).started).toBe(2)
      expect(stats(supervisor).workers).toEqual({ starting: 0, idle: 0, busy: 0, lending: 0, passing: 0, stopping: 0 })
    })

    it("are gone after shutdown", async () => {
      const supervisor = open()
      await supervisor.run(bodies.echo(1)).result()
      const running = supervisor.run(bodies.deaf(), { grace: 0 })
      await begun(running)
      await supervisor.shutdown({ grace: 0 })
      expect(stats(supervisor).workers).toEqual({ starting: 0, idle: 0, busy: 0, lending: 0, passing: 0, stopping: 0 })
    })
  })
}

interface Stats {
  readonly started: number
  readonly workers: Readonly<Record<string, number>>
}
