import { type Clock, createSupervisor, memoryStore, type Supervisor, type SupervisorOptions } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { onTestFinished } from "vitest"
import { type MortalStore, mortalStore } from "./mortal-store.ts"
import type { SimulatedClock, Warning } from "./setup.ts"

/** Programs one after the other on one store and one clock. */
export interface Programs {
  readonly store: MortalStore
  readonly clock: SimulatedClock
  readonly warnings: readonly Warning[]
  /** The next program's supervisor. */
  start(options?: SupervisorOptions): Supervisor
  /** Ends the last program as SIGKILL does: nothing that it does from now on is kept. */
  kill(): void
}

export function programs(): Programs {
  const store = mortalStore(memoryStore())
  const clock = simulatedClock()
  const warnings: Warning[] = []
  const supervisors: Supervisor[] = []
  const lives: { isOver: boolean }[] = []
  onTestFinished(async () => {
    store.refuse()
    const alive = supervisors.filter((_, index) => lives[index]?.isOver === false)
    const stopped = Promise.allSettled(alive.map((supervisor) => supervisor.shutdown({ grace: 0 })))
    await clock.advance("1 minute")
    await stopped
  }, 20_000)
  return {
    store,
    clock,
    warnings,
    start: (options) => {
      const warn = (message: string, cause?: unknown): void => void warnings.push({ message, cause })
      const life = { isOver: false }
      lives.push(life)
      const supervisor = createSupervisor({ clock: mortalClock(clock, life), store, warn, ...options })
      supervisors.push(supervisor)
      return supervisor
    },
    kill: () => {
      store.kill()
      for (const life of lives) life.isOver = true
    },
  }
}

/** Whoever is dead is not woken. */
function mortalClock(clock: SimulatedClock, life: { readonly isOver: boolean }): Clock {
  const whileAlive = (callback: () => void) => (): void => {
    if (!life.isOver) callback()
  }
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    setTimeout: (callback, ms) => clock.setTimeout(whileAlive(callback), ms),
    clearTimeout: (timer) => clock.clearTimeout(timer),
    defer: (callback) => clock.defer(whileAlive(callback)),
  }
}
