import type { ScheduleState } from "../../machines/schedule/lifecycle.ts"
import type { AnyTaskCall, EventMap, TaskCall } from "../definition/definition.ts"
import type { TaskHandle } from "../task/handle.ts"
import type { RunOptions } from "../task/run-options.ts"
import type { Schedule } from "./timing/schedule.ts"

/** How a schedule is followed, and how its tasks run: all that a run takes, for each of them. */
export interface ScheduleOptions<Events extends EventMap = EventMap, Output = unknown> extends RunOptions<
  Events,
  Output
> {
  /**
   * What becomes of slots that were missed: while no supervisor ran, while the machine slept, or because its clock was set ahead. `skip` lets
   * them pass, `once` runs the latest one, `all` runs each, oldest first, one after the other unless `overlap` says otherwise. While the
   * supervisor runs, a slot is missed when it is more than a minute late; of several that have come since, it runs the latest, and `all` each.
   * Default "once".
   */
  readonly catchUp?: "skip" | "once" | "all" | undefined
  /**
   * What becomes of a slot that comes while a task of the schedule is alive, waiting for another attempt included. `skip` makes no task of it,
   * `queue` runs it afterwards, `cancel-previous` cancels what is alive as `replaced` and runs it when that has really ended, `allow` runs it
   * beside. Except with `allow`, the tasks of slots have the key `["schedule", name]` unless they are given another one; for `skip`, whatever
   * holds that key is alive, unless `key` and `onConflict` are both given; with `queue` and `cancel-previous`, `onConflict` must be left out.
   * Default "skip".
   */
  readonly overlap?: "allow" | "skip" | "queue" | "cancel-previous" | undefined
  /** Most runs, `runNow` not counted: a whole number, 1 or more. Default: no limit. */
  readonly limit?: number | undefined
  /** No slot before this. Default: from when it is added. */
  readonly from?: Date | undefined
  /** No slot after this. Default: no end. */
  readonly until?: Date | undefined
}

/** A schedule as data: what a module exports for `tasktor beat`, and what `schedules.add` takes. */
export interface DefinedSchedule {
  readonly name: string
  readonly schedule: Schedule
  readonly call: AnyTaskCall
  readonly options: ScheduleOptions
}

/** One schedule in the list. */
export interface ScheduleEntry {
  readonly name: string
  /** What it was made by, as text: "cron 0 2 * * * Europe/Paris". */
  readonly description: string
  readonly state: Exclude<ScheduleState, "removed">
  readonly paused: boolean
  /** The next slot. Undefined for a schedule that is paused or has ended. */
  readonly next?: Date | undefined
  /** The slot of the latest run; for `runNow`, when that was. */
  readonly last?: Date | undefined
  /** The id of the latest run's task. */
  readonly lastTask?: string | undefined
  /** Slots that were run, which `limit` counts. */
  readonly runs: number
}

/** What a supervisor runs at times. Each slot is run at most once; what changes here takes effect at once. */
export interface Schedules {
  /**
   * Runs a call at each slot of a schedule from now on. The body finds the slot as `ctx.scheduledFor`, everybody else in the snapshot's
   * `origin`. While there is a schedule with slots to come, the program stays alive, as with `setInterval`.
   *
   * A name that is there already gets this schedule, this call and these options; its count of runs stays, and whether it is paused.
   *
   * @throws TypeError or RangeError for a name, a schedule, a call or an option that cannot be used. Nothing is changed then.
   * @example
   * const backup = defineTask({ name: "backup", run: (ctx) => `of ${ctx.scheduledFor?.toISOString()}` })
   * supervisor.schedules.add("nightly", cron("0 2 * * *", { timeZone: "Europe/Paris" }), backup(), { catchUp: "once" })
   */
  add(defined: DefinedSchedule): void
  add<Output, Events extends EventMap>(
    name: string,
    schedule: Schedule,
    call: TaskCall<Output, Events>,
    options?: ScheduleOptions<Events, NoInfer<Output>>,
  ): void
  /** One of several calls. */
  add(name: string, schedule: Schedule, call: TaskCall<unknown>, options?: ScheduleOptions): void
  /** Forgets a schedule; false when there is none of that name. Tasks that it has run go on. */
  remove(name: string): boolean
  /**
   * Lets the slots pass from now on. A schedule that is paused or has ended is left as it is.
   *
   * @throws RangeError for a name that is not there.
   */
  pause(name: string): void
  /**
   * Goes on with the next slot; those that have passed are not made up for.
   *
   * @throws RangeError for a name that is not there.
   */
  resume(name: string): void
  /**
   * Runs it now, whatever its state and its `overlap`, beside what is alive of it. Its slots and its limit are untouched; `ctx.scheduledFor` is
   * now.
   *
   * @throws RangeError for a name that is not there.
   */
  runNow(name: string): TaskHandle
  /**
   * The next slots that will be run, oldest first; of a paused one, those that would be. Fewer than `count` when there are no more.
   *
   * @param count Default 1.
   * @throws RangeError for a name that is not there, or a count that is no whole number, 0 or more.
   */
  next(name: string, count?: number): readonly Date[]
  /** All of them, in the order in which they were added. */
  list(): readonly ScheduleEntry[]
}
