import * as Effect from "effect/Effect"
import type { TaskFailure } from "../../machines/task/outcome.ts"
import { effectServices } from "../clock/effect-clock.ts"
import { startBody } from "../context/run-body.ts"
import { runEffect } from "../context/run-effect.ts"
import { asError } from "../failure/codec/as-error.ts"
import type { Attempt, Executor, ExecutorHost } from "../ports/executor.ts"
import { ScriptedAttempt } from "./scripted-attempt.ts"

/** Tasks whose bodies the test plays. */
export interface ScriptedBodies {
  /** For `createSupervisor({ executors })`: in place of its coroutines, threads, processes and web workers. */
  readonly executors: readonly Executor[]
  /** The attempts that run now, the oldest first. */
  readonly running: readonly ScriptedAttempt[]
  /**
   * The attempt of a task that runs now, by the task's name or id; of several, the oldest.
   *
   * @throws Error when none does, naming those that run.
   */
  of(task: string): ScriptedAttempt
  /** The oldest attempt of a task, by its name or id: the one that runs now, or the next one to begin. */
  next(task: string): Promise<ScriptedAttempt>
}

/**
 * Executors without bodies: each attempt begins when the supervisor starts it, and then does what the test says. For tests of what stands
 * around tasks (pipelines, machines, retries, views), without threads, processes or the work itself.
 *
 * @param options `real`: names of tasks whose own bodies run all the same, as coroutines. `heeds: false`: a body ignores its abort until
 * the test or the end of the grace period ends it; by default it ends at once.
 * @example
 * const clock = simulatedClock()
 * const bodies = scriptedBodies()
 * const supervisor = createSupervisor({ clock, executors: bodies.executors })
 * const resize = defineTask({ name: "resize", executor: "coroutine", run: (_ctx, file: string) => file })
 * const task = supervisor.run(resize("a.png"))
 * await clock.settle()
 * bodies.of("resize").report(0.5, "half").complete("small.png")
 * console.log(await task.result())
 */
export function scriptedBodies(
  options: { readonly real?: readonly string[]; readonly heeds?: boolean } = {},
): ScriptedBodies {
  const running: ScriptedAttempt[] = []
  const waiting = new Set<() => void>()
  const find = (task: string): ScriptedAttempt | undefined =>
    running.find(({ id, name }) => id === task || name === task)

  const play = (attempt: Attempt, resume: Resume): void => {
    const scripted = new ScriptedAttempt(attempt, options.heeds !== false, (end) => {
      running.splice(running.indexOf(scripted), 1)
      if (end !== undefined) resume(end)
    })
    running.push(scripted)
    attempt.started()
    scripted.begin()
    for (const wake of [...waiting]) wake()
  }

  const executor = (name: string): Executor => {
    let host: ExecutorHost | undefined
    return {
      name,
      defaultConcurrency: Number.POSITIVE_INFINITY,
      force: "terminates",
      open: (opened) => (host = opened),
      execute: (attempt) =>
        Effect.callback((resume) => {
          if (options.real?.includes(attempt.definition.taskName) === true) return runReally(attempt, resume, host)
          play(attempt, resume)
          return Effect.sync(() => running.find((one) => one.isOf(attempt))?.terminated())
        }),
      close: () => Promise.resolve(),
    }
  }

  return {
    executors: ["coroutine", "thread", "process", "web-worker"].map(executor),
    running,
    of: (task) => {
      const attempt = find(task)
      if (attempt !== undefined) return attempt
      const names = running.map(({ name }) => name).join(", ")
      throw new Error(
        `Cannot find a running attempt of ${JSON.stringify(task)}: ${names === "" ? "nothing runs" : `there are ${names}`}; what is submitted begins in a later turn, await clock.settle() or next() first`,
      )
    },
    next: (task) =>
      new Promise((resolve) => {
        const look = (): void => {
          const attempt = find(task)
          if (attempt === undefined) return
          waiting.delete(look)
          resolve(attempt)
        }
        waiting.add(look)
        look()
      }),
  }
}

type Resume = (end: Effect.Effect<unknown, TaskFailure>) => void

/** As the executor for coroutines does. */
function runReally(attempt: Attempt, resume: Resume, host: ExecutorHost | undefined): void {
  attempt.started()
  const services = host === undefined ? undefined : effectServices(host.clock)
  startBody(
    attempt.definition.body,
    attempt,
    attempt.link,
    attempt.args,
    (end) => {
      if (end.type === "returned") return resume(Effect.succeed(end.value))
      if (end.retry !== undefined) attempt.retryRequested(end.retry.afterMs)
      resume(Effect.fail({ type: "error", error: asError(end.error) }))
    },
    (effect, onAbort) => runEffect(effect, onAbort, services),
  )
}
