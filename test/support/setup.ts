import { createSupervisor, type Supervisor, type SupervisorOptions } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { onTestFinished } from "vitest"

export type SimulatedClock = ReturnType<typeof simulatedClock>

/** What the supervisor had to tell an operator. */
export interface Warning {
  readonly message: string
  readonly cause: unknown
}

interface Setup {
  readonly supervisor: Supervisor
  readonly warnings: readonly Warning[]
}

/** A fresh supervisor on a clock that the test turns; shut down when the test is over. */
export function setup(options: SupervisorOptions = {}): Setup & { readonly clock: SimulatedClock } {
  const clock = simulatedClock()
  const warnings: Warning[] = []
  const supervisor = createSupervisor({
    clock,
    warn: (message, cause) => warnings.push({ message, cause }),
    ...options,
  })
  onTestFinished(async () => {
    const stopped = supervisor.shutdown({ grace: 0 })
    await clock.advance("1 minute")
    await stopped
  }, 20_000)
  return { supervisor, clock, warnings }
}

/** A fresh supervisor on the system's clock, for threads and processes; shut down when the test is over. */
export function setupReal(options: SupervisorOptions = {}): Setup {
  const warnings: Warning[] = []
  const supervisor = createSupervisor({ warn: (message, cause) => warnings.push({ message, cause }), ...options })
  onTestFinished(() => supervisor.shutdown({ grace: 0 }))
  return { supervisor, warnings }
}

/** Where a scenario that names several executors runs. */
export const executors = ["coroutine", "thread", "process"] as const
export const workers = ["thread", "process"] as const
export type ExecutorName = (typeof executors)[number]

/** A supervisor for that executor, and how to wait there: coroutines have simulated time, which goes on while one waits. */
export function setupFor(
  executor: ExecutorName,
  options: SupervisorOptions = {},
): Setup & { readonly wait: <T>(promise: Promise<T>) => Promise<T> } {
  if (executor !== "coroutine") return { ...setupReal(options), wait: (promise) => promise }
  const { clock, ...rest } = setup(options)
  const wait = async <T>(promise: Promise<T>): Promise<T> => {
    await clock.advance("1 minute")
    return promise
  }
  return { ...rest, wait }
}
