import { coroutineExecutor, defineTask, type Supervisor, type SupervisorOptions } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { onTestFinished } from "vitest"
import type { ScheduleBook } from "../../runtime/schedule/schedule-book.ts"
import { makeSupervisor } from "../../runtime/supervisor/create-supervisor.ts"
import type { SimulatedClock, Warning } from "./setup.ts"
import { setup } from "./setup.ts"
import { sleep, untilAborted } from "./wait.ts"

/** A body that notes for which slot it runs, and takes a while. */
export function notingTask(clock: SimulatedClock, takesMs = 0) {
  const slots: string[] = []
  let atOnce = 0
  let most = 0
  const note = defineTask({
    name: "note",
    run: async (ctx) => {
      slots.push(ctx.scheduledFor?.toISOString().slice(0, 19) ?? "no slot")
      most = Math.max(most, ++atOnce)
      try {
        if (takesMs > 0) await Promise.race([sleep(clock, takesMs), untilAborted(ctx)])
      } finally {
        atOnce--
      }
      return ctx.scheduledFor
    },
  })
  return { note, slots, mostAtOnce: () => most }
}

/** A supervisor that works with a book which others may have worked with, or do now. */
export function setupWithBook(
  clock: SimulatedClock,
  scheduleBook: ScheduleBook,
  options: SupervisorOptions = {},
): { readonly supervisor: Supervisor; readonly warnings: readonly Warning[] } {
  const warnings: Warning[] = []
  const supervisor = makeSupervisor(
    [coroutineExecutor()],
    { clock, warn: (message, cause) => warnings.push({ message, cause }), ...options },
    { scheduleBook },
  )
  onTestFinished(async () => {
    const stopped = supervisor.shutdown({ grace: 0 })
    await clock.advance("1 minute")
    await stopped
  })
  return { supervisor, warnings }
}

/** A supervisor whose wall clock can be set, while time goes on as ever. */
export function setupSettable(options: SupervisorOptions = {}) {
  const clock = simulatedClock()
  let jump = 0
  const settable: SimulatedClock = { ...clock, now: () => clock.now() + jump }
  const { supervisor, warnings } = setup({ ...options, clock: settable })
  return { supervisor, warnings, clock: settable, setBy: (ms: number): void => void (jump += ms) }
}
