import type { KeptSchedule } from "../../../runtime/journal/schedule-book.ts"
import type { StoreReader } from "../../../runtime/ports/store.ts"
import type { ScheduleRecord } from "../../../runtime/schedule/schedule-record.ts"
import { slotsOf } from "../../../runtime/schedule/schedule-record.ts"
import { type SlotSource, slotSource } from "../../../runtime/schedule/slot-source.ts"
import { scheduleOf } from "../../../runtime/schedule/timing/schedule-of.ts"
import { UsageError } from "../usage-error.ts"

/** A schedule as the file has it. */
export interface ShownSchedule {
  readonly name: string
  readonly description: string
  readonly task: string
  readonly state: ScheduleRecord["state"]
  readonly runs: number
  readonly last: Date | undefined
  readonly lastTask: string | undefined
  /** The next slots; none of one that has ended, or that only its program knows. */
  next(count: number): readonly Date[]
}

export function keptSchedules({ schedules }: Pick<StoreReader, "schedules">): readonly ShownSchedule[] {
  return Array.from(schedules.values(), (kept) => shown(kept as KeptSchedule))
}

/** @throws UsageError that says which there are. */
export function keptSchedule(schedules: ReadonlyMap<string, unknown>, name: string, action: string): KeptSchedule {
  const kept = schedules.get(name)
  if (kept !== undefined) return kept as KeptSchedule
  const names = [...schedules.keys()].slice(0, 20).map((known) => JSON.stringify(known))
  throw new UsageError(
    `Cannot ${action} schedule ${JSON.stringify(name)}: there is none of that name; ${names.length === 0 ? "there is none at all" : `there are ${names.join(", ")}`}`,
  )
}

function shown(kept: KeptSchedule): ShownSchedule {
  const { name, task, state, runs, lastSlot, lastTask } = kept
  const source = sourceOf(kept)
  return {
    name,
    description: source?.description ?? "known to its program alone",
    task,
    state,
    runs,
    last: lastSlot === undefined ? undefined : new Date(lastSlot),
    lastTask,
    // all that is asked for slots is in what is kept, but for the call
    next: (count) =>
      source === undefined ? [] : slotsOf(kept as unknown as ScheduleRecord, source, count, Date.now()),
  }
}

/** Undefined for a user's own schedule, and for one that a newer version has written. */
function sourceOf({ spec }: KeptSchedule): SlotSource | undefined {
  if (spec === undefined) return undefined
  try {
    return slotSource(scheduleOf(spec))
  } catch {
    return undefined
  }
}
