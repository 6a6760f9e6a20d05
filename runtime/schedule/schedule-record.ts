import type { ScheduleState } from "../../machines/schedule/lifecycle.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import type { ScheduleOptions } from "./schedules.ts"
import type { SlotSource } from "./slot-source.ts"
import type { ScheduleSpec } from "./timing/schedule-spec.ts"

/** Why a schedule has no slot left. */
export type ScheduleEnd = "limit" | "until" | "schedule" | "error"

/**
 * All that is kept of a schedule: plain data, one object for all supervisors that work with the same book. Instants are milliseconds since the
 * epoch.
 */
export interface ScheduleRecord {
  readonly name: string
  /** Undefined for a user's own schedule, which nothing but the program can make again. */
  spec: ScheduleSpec | undefined
  call: AnyTaskCall
  /** Without functions. */
  options: ScheduleOptions
  state: ScheduleState
  endedBy: ScheduleEnd | undefined
  readonly createdAt: number
  /** In the order of adding, where a book that is read by names has counted them. */
  place?: number
  /** Where the grid of an `every` without a `from` begins. */
  anchor: number
  /** Slots up to here have been dealt with, and are never run again, whatever the clock says later. */
  cursor: number
  /** Slots that were run. */
  runs: number
  lastTask: string | undefined
  lastSlot: number | undefined
}

/** A schedule that begins now. */
export function newRecord(name: string, call: AnyTaskCall, now: number): ScheduleRecord {
  return {
    name,
    spec: undefined,
    call,
    options: {},
    state: "active",
    endedBy: undefined,
    createdAt: now,
    anchor: now,
    cursor: now,
    runs: 0,
    lastTask: undefined,
    lastSlot: undefined,
  }
}

/** The first slot strictly after `instant` that the record's options allow, or why there is none. */
export function slotOf(
  record: ScheduleRecord,
  source: SlotSource,
  instant: number,
): { readonly slot: number } | { readonly slot: undefined; readonly endedBy: ScheduleEnd } {
  const { from, until, limit } = record.options
  if (limit !== undefined && record.runs >= limit) return { slot: undefined, endedBy: "limit" }
  const after = from === undefined ? instant : Math.max(instant, from.getTime() - 1)
  const slot = source.slotAfter(after, record.anchor)
  if (slot === undefined) return { slot, endedBy: "schedule" }
  return until !== undefined && slot > until.getTime() ? { slot: undefined, endedBy: "until" } : { slot }
}

/** The latest slot up to `now`, given the first one. Asks a few dozen times at most, however many there are. */
export function latestSlot(record: ScheduleRecord, source: SlotSource, first: number, now: number): number {
  let low = first
  let high = now
  while (high > low) {
    const middle = Math.floor((low + high) / 2)
    const { slot } = slotOf(record, source, middle)
    if (slot !== undefined && slot <= now) low = slot
    else high = middle
  }
  return low
}

/** The next slots that will be run, oldest first; of a paused one, those that would be. */
export function slotsOf(record: ScheduleRecord, source: SlotSource, count: number, now: number): readonly Date[] {
  const slots: Date[] = []
  if (record.state === "ended") return slots
  const most = Math.min(count, (record.options.limit ?? Number.POSITIVE_INFINITY) - record.runs)
  let after = record.state === "paused" ? Math.max(record.cursor, now) : record.cursor
  while (slots.length < most) {
    const { slot } = slotOf(record, source, after)
    if (slot === undefined) break
    slots.push(new Date(slot))
    after = slot
  }
  return slots
}
