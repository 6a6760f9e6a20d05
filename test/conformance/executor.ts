import { readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  createSupervisor,
  every,
  type Executor,
  type Supervisor,
  type TaskCall,
  type TaskFact,
  type TaskHandle,
  type TaskSnapshot,
} from "tasktor"
import { afterAll, describe, expect, it, onTestFinished } from "vitest"
import * as bodies from "../fixtures/conformance/bodies.ts"
import { effect } from "../fixtures/conformance/effect-body.ts"
import { QuotaError } from "../fixtures/conformance/quota-error.ts"
import { describeChildren } from "./children.ts"

export type MakeExecutor = (options?: { readonly concurrency?: number }) => Executor

/** What every executor has to do. Called once by each. */
export function describeExecutor(executor: string, make: MakeExecutor): void {
  // One for each number of slots: most of a test's time would be the start of its workers.
  const warm = new Map<number, Supervisor>()
  const open = (concurrency = 2): Supervisor => {
    const supervisor = warm.get(concurrency) ?? makeSupervisor(make({ concurrency }), executor, concurrency)
    warm.set(concurrency, supervisor)
    return supervisor
  }
  afterAll(() => Promise.all([...warm.values()].map((supervisor) => supervisor.shutdown({ grace: 0 }))))
  const openFresh = (concurrency: number): Supervisor => openSupervisor(make({ concurrency }), executor, concurrency)
  const on = <Output, Events extends Record<string, unknown>>(
    call: TaskCall<Output, Events>,
  ): TaskCall<Output, Events> => call.with({ executor })

  describe("values and failures", () => {
    it("carries what a structured clone carries, both ways", async () => {
      const value = { map: new Map([["k", new Date(0)]]), bytes: new Uint8Array([1, 2]), big: 10n, none: undefined }
      const supervisor = open()
      expect(await supervisor.run(on(bodies.echo(value))).result()).toEqual(value)
      expect(await supervisor.run(on(bodies.echoLater(value))).result()).toEqual(value)
    })

    it("gives a body's own error back: class, message, properties and cause", async () => {
      const outcome = await open()
        .run(on(bodies.ends("throw")))
        .outcome()
      if (outcome.status !== "failed" || outcome.failure.type !== "error") throw new Error(`is ${outcome.status}`)
      const { error } = outcome.failure
      expect(error).toBeInstanceOf(QuotaError)
      expect(error).toMatchObject({ message: "too much", limit: 17, details: { used: [1, 2], since: new Date(0) } })
      expect(error.cause).toBeInstanceOf(RangeError)
      expect(error.stack).toContain("bodies.ts")
    })

    it("makes an error of a thrown value that is none", async () => {
      const outcome = await open().run(on(bodies.throwsValue())).outcome()
      expect(outcome).toMatchObject({ failure: { type: "error", error: { cause: { reason: "no error" } } } })
    })

    it("fails a body with what its output throws when it is looked at, and harms nobody", async () => {
      const supervisor = openFresh(1)
      const trapped = supervisor.run(on(bodies.returnsTrap())).outcome()
      const next = supervisor.run(on(bodies.echo("next"))).result()
      expect(await trapped).toMatchObject({
        failure: { type: "error", error: { name: "RangeError", message: "trap" } },
      })
      expect(await next).toBe("next")
      const stats = supervisor.inspect.stats()["executors"] as Readonly<Record<string, { readonly started?: number }>>
      expect(stats[executor]?.started ?? 1).toBe(1)
    })

    it("runs Effect bodies: success, typed failure, interruption", async () => {
      const supervisor = open()
      expect(await supervisor.run(on(effect("succeed"))).result()).toBe("succeed")
      const failed = await supervisor.run(on(effect("fail"))).outcome()
      expect(failed).toMatchObject({ failure: { type: "error", error: { message: "from an effect" } } })
      const endless = supervisor.run(on(effect("never")))
      await until(endless, (snapshot) => snapshot.message === "in an effect")
      expect(await endless.cancel()).toBe("cancelled")
      expect(endless.snapshot.message).toBe("interrupted")
    })

    it("retries when the body asks, with the failure that it gives", async () => {
      const handle = open().run(on(bodies.retries(1)), { retry: { maxAttempts: 3, delay: 0 } })
      expect(await handle.result()).toBe(3)
      expect(handle.snapshot).toMatchObject({ attempt: 3 })
    })
  })

  describe("what a body says", () => {
    it("arrives in its order, whatever it is", async () => {
      const supervisor = open()
      const { facts, stop } = record(supervisor)
      await supervisor.run(on(bodies.facts())).outcome()
      stop()
      // Reports are coalesced; all else has its place.
      expect(facts.filter((fact) => fact.type !== "report").map(essence)).toEqual([
        "submitted",
        "state running",
        'log ["begins",1]',
        'event {"n":1}',
        'event {"n":2}',
        'log ["ends"]',
        "outcome completed",
      ])
    })

    it("arrives as it was when it was said, whatever the body makes of it next", async () => {
      const supervisor = open()
      const logged: unknown[] = []
      const stop = supervisor.onFact((fact) => fact.type === "log" && logged.push({ ...(fact.data[1] as object) }))
      const handle = supervisor.run(on(bodies.sendsOneAgain()))
      const rows: number[] = []
      handle.on("tile", ({ row }) => void rows.push(row))
      await handle.result()
      stop()
      expect(rows).toEqual([0, 1, 2, 3])
      expect(logged).toEqual([{ row: 0 }, { row: 1 }, { row: 2 }])
    })

    it("is never older than the event that follows it", async () => {
      const supervisor = open()
      const handle = supervisor.run(on(bodies.facts()))
      const seen: unknown[] = []
      handle.on("seen", () => void seen.push([handle.snapshot.progress, handle.snapshot.message]))
      await handle.outcome()
      expect(seen[0]).toEqual([0.5, "half-way"])
    })

    it("has exact progress from nested sub-contexts", async () => {
      const handle = open().run(on(bodies.nested()))
      await handle.outcome()
      expect(handle.snapshot.progress).toBeCloseTo(0.66, 9)
    })

    it("tells the body whether its event was handled", async () => {
      const supervisor = open()
      const handled = supervisor.run(on(bodies.asks()))
      const order: string[] = []
      handled.on("a", () => void order.push("a"))
      handled.on("b", async () => {
        await Promise.resolve()
        order.push("b")
      })
      expect(await handled.result()).toEqual([true, false])
      expect(order).toEqual(["a", "b"])
      expect(await supervisor.run(on(bodies.asks())).result()).toEqual([false, false])
    })

    it("does not let a body wait for an answer when it is cancelled", async () => {
      const handle = open().run(on(bodies.asksInVain()))
      const asked = new Promise<void>((resolve) => {
        handle.on("question", () => {
          resolve()
          return new Promise<void>(() => {})
        })
      })
      await asked
      expect(await handle.cancel()).toBe("cancelled")
      expect(handle.snapshot.message).toBe("answered: false")
    })
  })

  describe("a schedule", () => {
    it("tells the body for which slot it runs", async () => {
      const supervisor = open()
      supervisor.schedules.add("hourly", every("1 hour"), on(bodies.plannedFor()))
      const handle = supervisor.schedules.runNow("hourly")
      const { origin } = handle.snapshot
      if (origin?.type !== "schedule") throw new Error("comes of no schedule")
      expect(await handle.result()).toEqual(new Date(origin.slot))
      expect(await supervisor.run(on(bodies.plannedFor())).result()).toBeUndefined()
    })
  })

  describe("cancelling", () => {
    it("reaches a body that waits, and lets it clean up", async () => {
      const handle = open().run(on(bodies.untilAborted()))
      await begun(handle)
      expect(await handle.cancel()).toBe("cancelled")
      expect(handle.snapshot.message).toBe("cleaned up")
    })

    it("never begins what it finds waiting, prefetched or not", async () => {
      const supervisor = open(1)
      const file = join(tmpdir(), `tasktor-${crypto.randomUUID()}`)
      writeFileSync(file, "")
      // Many short ones first: the executor learns that it may prefetch behind a body of this definition.
      await Promise.all(range(100).map(() => supervisor.run(on(bodies.marks(file, "before", false))).outcome()))
      const holder = supervisor.run(on(bodies.marks(file, "holds", true)))
      const waiting = range(50).map((n) => supervisor.run(on(bodies.marks(file, `never ${n}`, false))))
      await begun(holder)
      const receipts = await Promise.all(waiting.map((handle) => handle.cancel()))
      expect(new Set(receipts)).toEqual(new Set(["cancelled"]))
      expect(waiting.every((handle) => handle.snapshot.startedAt === undefined)).toBe(true)
      await holder.cancel()
      expect(await supervisor.run(on(bodies.echo("after"))).result()).toBe("after")
      expect(readFileSync(file, "utf8")).not.toContain("never")
    })
  })

  describe("priority", () => {
    it("lets what is more important begin next, whatever was handed over before, and keeps the order of the rest", async () => {
      const supervisor = open(1)
      const file = join(tmpdir(), `tasktor-${crypto.randomUUID()}`)
      await Promise.all(range(100).map(() => supervisor.run(on(bodies.marks(file, "before", false))).outcome()))
      const holder = supervisor.run(on(bodies.marks(file, "holds", true)))
      const rest = range(50).map((n) => supervisor.run(on(bodies.marks(file, `rest ${n}`, false))))
      await begun(holder)
      const { facts, stop } = record(supervisor)
      const urgent = [1, 2].map((n) => supervisor.run(on(bodies.marks(file, `urgent ${n}`, false)), { priority: n }))
      // What was handed over is asked back from the last one on: when the second of these is back, so is all behind it.
      for (const handle of rest.splice(0, 2)) await handle.cancel()
      await holder.cancel()
      await Promise.all([...urgent, ...rest].map((handle) => handle.result()))
      stop()
      const begins = facts.filter((fact) => fact.type === "state" && fact.phase === "executing").map(({ task }) => task)
      expect(begins).toEqual([...urgent.toReversed(), ...rest].map(({ id }) => id))
    })
  })

  describe("child tasks", () => {
    it("give results and events to their parent, and cost it no slot while it waits", async () => {
      const supervisor = open(1)
      const handle = supervisor.run(on(bodies.parent()))
      const heard: unknown[] = []
      handle.on("heard", (data) => void heard.push(data))
      expect(await handle.result()).toMatchObject({ result: [true, false] })
      expect(heard).toEqual([1, 2])
    })

    it("nest deeper than there are slots", async () => {
      expect(
        await open(1)
          .run(on(bodies.fibonacci(5)))
          .result(),
      ).toBe(5)
    })

    it("fail for their parent as for anybody, with errors of their own class", async () => {
      expect(await open().run(on(bodies.parentOfFailure())).result()).toEqual(["failed", "error", 17])
    })

    it("are cancelled by their parent", async () => {
      expect(await open().run(on(bodies.cancelsChild())).result()).toEqual([
        "cancelled",
        { status: "cancelled", reason: { type: "requested", message: "changed my mind" } },
      ])
    })
  })

  describeChildren(open, openFresh)
}

// --------------------------------------------------------------------------------------------------------------- tools

/** For one test. */
export function openSupervisor(executor: Executor, name: string, concurrency: number): Supervisor {
  const supervisor = makeSupervisor(executor, name, concurrency)
  onTestFinished(() => supervisor.shutdown({ grace: 0 }))
  return supervisor
}

/** On the system's clock; tasks run on the executor unless they say otherwise, child tasks too. */
function makeSupervisor(executor: Executor, name: string, concurrency: number): Supervisor {
  return createSupervisor({
    executors: [executor],
    concurrency: { [name]: concurrency },
    defaults: { executor: name },
    warn: () => {},
  })
}

export function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index)
}

type Watched = Pick<TaskHandle, "snapshot" | "subscribe">

/** Resolves when a snapshot is what one waits for. */
export function until(handle: Watched, is: (snapshot: TaskSnapshot) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = handle.subscribe((snapshot) => {
      if (!is(snapshot)) return
      stop()
      resolve()
    })
    if (is(handle.snapshot)) resolve()
  })
}

export function begun(handle: Watched): Promise<void> {
  return until(handle, (snapshot) => snapshot.status === "running")
}

function record(supervisor: Supervisor): { readonly facts: readonly TaskFact[]; readonly stop: () => void } {
  const facts: TaskFact[] = []
  return { facts, stop: supervisor.onFact((fact) => facts.push(fact)) }
}

function essence(fact: TaskFact): string {
  switch (fact.type) {
    case "state":
      return `state ${fact.status}`
    case "event":
    case "log":
      return `${fact.type} ${JSON.stringify(fact.data)}`
    case "outcome":
      return `outcome ${fact.outcome.status}`
    case "submitted":
    case "report":
      return fact.type
  }
}
