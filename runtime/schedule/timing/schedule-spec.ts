import type { Weekday } from "./weekday.ts"

/** A schedule as plain data, as a store keeps it: `scheduleOf` makes the schedule again. Instants are milliseconds since the epoch. */
export type ScheduleSpec =
  | {
      readonly type: "cron"
      readonly expression: string
      readonly timeZone: string
      readonly dayMatch: "or" | "and"
    }
  | { readonly type: "every"; readonly intervalMs: number; readonly from?: number }
  | { readonly type: "at"; readonly instant: number }
  | {
      readonly type: "daily"
      readonly at: readonly string[]
      readonly on: readonly Weekday[]
      readonly timeZone: string
    }
  | {
      readonly type: "weekly"
      readonly at: readonly string[]
      readonly on: readonly Weekday[]
      readonly timeZone: string
    }
  | {
      readonly type: "monthly"
      readonly at: readonly string[]
      readonly day: number | "last"
      readonly timeZone: string
    }
