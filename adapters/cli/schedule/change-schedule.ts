import { nextScheduleState } from "../../../machines/schedule/lifecycle.ts"
import type { KeptSchedule } from "../../../runtime/journal/schedule-book.ts"
import type { StoreSession } from "../../../runtime/ports/store.ts"
import { askOwner } from "../../stores/sqlite/ask-owner.ts"
import { exitCodes } from "../exit-codes.ts"
import { print } from "../print-output.ts"
import { askingOr, hasOwner, reading, type StoreFlags } from "../store/store-file.ts"
import { UsageError } from "../usage-error.ts"
import { keptSchedule } from "./kept-schedules.ts"

/** Carries out `tasktor schedule pause` and `resume`; with no program that owns the store, what is kept is changed for the next one. */
export async function changeSchedule(action: "pause" | "resume", name: string, flags: StoreFlags): Promise<number> {
  await askingOr<unknown>(
    flags,
    (owner) => owner({ type: "schedule", action, name }),
    (session, now) => changeKept(session, action, name, now),
  )
  const { state } = await reading(flags, ({ schedules }) => keptSchedule(schedules, name, action))
  await print(`${name} is ${state}\n`)
  return exitCodes.completed
}

/** Carries out `tasktor schedule run`: prints the id of the task. */
export async function runSchedule(name: string, flags: StoreFlags): Promise<number> {
  await reading(flags, ({ schedules }) => keptSchedule(schedules, name, "run"))
  if (!hasOwner(flags)) {
    throw new UsageError(
      `Cannot run schedule ${JSON.stringify(name)}: no program has ${flags.store} open; start it, or tasktor beat <module> --store ${flags.store}`,
    )
  }
  await print(`${String(await askOwner(flags.store, { type: "schedule", action: "run", name }))}\n`)
  return exitCodes.completed
}

/** As `Scheduler` does it: what passes while it is paused is not made up for. */
function changeKept(session: StoreSession, action: "pause" | "resume", name: string, now: number): void {
  const kept = keptSchedule(session.schedules, name, action)
  const state = nextScheduleState(kept.state, action)
  if (state === kept.state) return
  const cursor = action === "resume" ? Math.max(kept.cursor, now) : kept.cursor
  const changed: KeptSchedule = { ...kept, state, cursor, endedBy: undefined }
  session.schedules.set(name, changed)
  session.commit({ entries: [], records: [], schedules: new Set([name]) })
}
