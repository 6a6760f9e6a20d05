import type { Exit } from "effect/Exit"
import * as Effect from "effect/Effect"
import * as ExitModule from "effect/Exit"
import * as Cause from "effect/Cause"
import type { Fiber } from "effect/Fiber"
import { type Attempt, defineTask, type TaskFailure } from "tasktor"
import { type SimulatedClock, simulatedClock } from "tasktor/testing"
import { expect } from "vitest"
import { PoolExecutor } from "../../../../adapters/executors/pool/pool-executor.ts"
import { FakeTransport, type FakeWorker } from "./fake-transport.ts"

const definition = defineTask({ name: "pooled", module: "file:///pooled.js", run: () => 1 })

/** An attempt of a runtime that only takes notes. */
class NotedAttempt {
  readonly key: string
  readonly attempt = 1
  readonly rank: number = 0
  readonly definition = definition as unknown as Attempt["definition"]
  readonly args: readonly unknown[] = []
  readonly abortCause = undefined
  readonly link = { progress: () => {} } as unknown as Attempt["link"]
  readonly notes: string[] = []
  readonly id: string
  #abort: (() => void) | undefined

  constructor(id: string) {
    this.id = id
    this.key = id
  }

  started(): void {
    this.notes.push("started")
  }

  retryRequested(): void {}

  timer(): () => void {
    return () => {}
  }

  onAbort(listener: () => void): void {
    this.#abort = listener
  }

  abort(): void {
    this.#abort?.()
  }
}

export interface Running {
  readonly attempt: NotedAttempt
  readonly fiber: Fiber<unknown, TaskFailure>
  end(): string
}

export interface World {
  readonly clock: SimulatedClock
  readonly workers: readonly FakeWorker[]
  readonly transport: FakeTransport
  readonly executor: PoolExecutor
  readonly warnings: readonly string[]
  /** What came with the warnings. */
  readonly causes: readonly unknown[]
  /** Tasks of the whole supervisor that wait. */
  pending: number
  /** Ids whose bodies have ended. */
  readonly ended: Set<string>
  run(id: string, change?: Partial<NotedAttempt>): Running
  /** Lets posts go. */
  turn(): Promise<void>
}

export function world(concurrency = 1, limits: { tasks?: number; limit?: number } = {}): World {
  const clock = simulatedClock()
  const transport = new FakeTransport()
  const warnings: string[] = []
  const causes: unknown[] = []
  const warn = (message: string, cause?: unknown): void => {
    warnings.push(message)
    causes.push(cause)
  }
  const executor = new PoolExecutor({
    name: "fake",
    defaultConcurrency: concurrency,
    transport,
    limits: {
      startTimeoutMs: 30_000,
      recycle: { tasks: limits.tasks ?? Number.POSITIVE_INFINITY, memory: 1000 },
      restarts: { limit: limits.limit ?? 5, withinMs: 1000 },
    },
  })
  const pending = (): number => all.pending
  executor.open({ clock, concurrency, ready: () => {}, pending, warn })
  const run = (id: string, change: Partial<NotedAttempt> = {}): Running => {
    const attempt = Object.assign(new NotedAttempt(id), change)
    const fiber = Effect.runFork(executor.execute(attempt as unknown as Attempt))
    return { attempt, fiber, end: () => describeEnd(fiber.pollUnsafe()) }
  }
  const all: World = {
    clock,
    workers: transport.workers,
    transport,
    executor,
    warnings,
    causes,
    pending: 0,
    ended: new Set(),
    run,
    turn: () => Promise.resolve(),
  }
  return all
}

function describeEnd(exit: Exit<unknown, TaskFailure> | undefined): string {
  if (exit === undefined) return "open"
  if (ExitModule.isSuccess(exit)) return String(exit.value)
  if (Cause.hasInterruptsOnly(exit.cause)) return "interrupted"
  return JSON.stringify(Cause.squash(exit.cause))
}

/** Lets these workers run all that they are offered, until nothing is left. */
export async function work(all: World, workers: readonly FakeWorker[], took: number): Promise<void> {
  for (let busy = true; busy; await all.turn()) {
    busy = false
    for (const worker of workers) {
      for (const id of worker.offers) {
        if (all.ended.has(id)) continue
        all.ended.add(id)
        busy = true
        worker.begins(id)
        worker.returns(id, took)
      }
    }
  }
}

/** The workers are there, and the pool knows how long its tasks take. */
export async function warm(all: World, count: number, took = 0.001): Promise<readonly FakeWorker[]> {
  const tasks = Array.from({ length: count }, (_, index) => all.run(`warm ${index}`))
  for (const worker of all.workers) worker.ready()
  await all.turn()
  await work(all, all.workers, took)
  expect(tasks.map((task) => task.end())).toEqual(tasks.map((_, index) => `output of warm ${index}`))
  return all.workers
}
