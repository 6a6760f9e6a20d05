import type { Task } from "../task/task.ts"
import type { ScheduleRecord } from "./schedule-record.ts"
import type { ScheduleEntry, ScheduleOptions } from "./schedules.ts"
import type { Waiting } from "./slot-timer.ts"
import { type SlotSource, slotSource } from "./slot-source.ts"
import { scheduleOf } from "./timing/schedule-of.ts"

/** A record, and what one supervisor has beside it: the schedule that it follows, callbacks, tasks that live. */
export class Scheduled implements Waiting {
  readonly name: string
  next: number | undefined = undefined
  index = -1
  record: ScheduleRecord
  /** Undefined where the record alone does not say what the schedule is. */
  source: SlotSource | undefined = undefined
  /** With functions, where this supervisor was given them. */
  options: ScheduleOptions
  /** Slots up to here come late, and each of them is to be run. */
  catchesUpTo = Number.NEGATIVE_INFINITY
  /** What of the record this was made of. */
  #specText: string | undefined = undefined
  #plainOptions: ScheduleOptions
  #living = 0

  constructor(record: ScheduleRecord) {
    this.name = record.name
    this.record = record
    this.options = record.options
    this.#plainOptions = record.options
  }

  /** This supervisor was given the schedule and the options itself. */
  given(source: SlotSource, options: ScheduleOptions): void {
    this.source = source
    this.options = options
    this.#specText = JSON.stringify(this.record.spec)
    this.#plainOptions = this.record.options
  }

  /**
   * Takes over what the record says.
   *
   * @throws RangeError or TypeError for a spec that this version cannot use.
   */
  follow(record: ScheduleRecord, isHeld: boolean): void {
    this.record = record
    if (record.options !== this.#plainOptions) this.options = this.#plainOptions = record.options
    const spec = isHeld ? undefined : record.spec
    const specText = JSON.stringify(spec)
    if (specText === this.#specText) return
    this.#specText = specText
    this.source = undefined
    if (spec !== undefined) this.source = slotSource(scheduleOf(spec))
  }

  /** Something that it has run here is alive. */
  get isBusy(): boolean {
    return this.#living > 0
  }

  began(task: Task): void {
    this.#living++
    this.record.lastTask = task.id
    task.whenSettled(() => void this.#living--)
  }

  /** As it stands in the list. */
  get entry(): ScheduleEntry {
    const { state, runs, lastSlot, lastTask } = this.record
    return {
      name: this.name,
      description: this.source?.description ?? "not known to this program",
      state: state === "removed" ? "ended" : state,
      paused: state === "paused",
      next: this.next === undefined ? undefined : new Date(this.next),
      last: lastSlot === undefined ? undefined : new Date(lastSlot),
      lastTask,
      runs,
    }
  }
}
