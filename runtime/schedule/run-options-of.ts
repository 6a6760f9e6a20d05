import type { RunOptions } from "../task/run-options.ts"
import type { ScheduleOptions } from "./schedules.ts"

/** Those options of a schedule that are of its runs. */
export function runOptionsOf(options: ScheduleOptions): RunOptions {
  const { catchUp: _catchUp, overlap: _overlap, limit: _limit, from: _from, until: _until, ...run } = options
  return run
}

/** The same for the run of a slot: what is alive of the schedule holds the key that it asks for. */
export function slotOptionsOf(
  options: ScheduleOptions,
  name: string,
  overlap: NonNullable<ScheduleOptions["overlap"]>,
): RunOptions {
  const run = runOptionsOf(options)
  const key = run.key ?? ["schedule", name]
  switch (overlap) {
    case "allow":
      return run
    case "skip":
      return { ...run, key }
    case "queue":
      return { ...run, key, onConflict: "queue" }
    case "cancel-previous":
      return { ...run, key, onConflict: "replace" }
  }
}

/** What of the options can be kept as data. */
export function withoutFunctions(options: ScheduleOptions): ScheduleOptions {
  const { whenDone: _whenDone, whenEvent: _whenEvent, retry, ...rest } = options
  if (retry === undefined) return rest
  const { when: _when, ...policy } = retry
  return { ...rest, retry: policy }
}
