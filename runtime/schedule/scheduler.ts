import { nextScheduleState, type ScheduleEvent } from "../../machines/schedule/lifecycle.ts"
import type { TaskKey, TaskOrigin } from "../../machines/task/snapshot.ts"
import { longestSleepMs } from "../clock/steady.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import { show } from "../failure/show.ts"
import type { TaskHandle } from "../task/handle.ts"
import type { RunOptions } from "../task/run-options.ts"
import type { Task } from "../task/task.ts"
import { checkedSchedule } from "./check-schedule.ts"
import { runOptionsOf, slotOptionsOf, withoutFunctions } from "./run-options-of.ts"
import type { ScheduleBook } from "./schedule-book.ts"
import { latestSlot, newRecord, type ScheduleRecord, slotOf, slotsOf } from "./schedule-record.ts"
import { Scheduled } from "./scheduled.ts"
import type { ScheduleEntry, ScheduleOptions, Schedules } from "./schedules.ts"
import { slotSource } from "./slot-source.ts"
import { SlotTimer, type SlotTimerParts } from "./slot-timer.ts"
import { checkCountOfSlots, isTiming } from "./timing/schedule.ts"

export interface SchedulerParts extends SlotTimerParts {
  readonly book: ScheduleBook
  /** Throws what `submit` would throw. */
  check(call: AnyTaskCall, options: RunOptions): void
  submit(call: AnyTaskCall, options: RunOptions, origin: TaskOrigin): Task
  isAlive(id: string): boolean
  /** Whether a living task has the key, or waits for it. */
  isHeld(key: TaskKey): boolean
  warn(message: string, cause?: unknown): void
}

/** `supervisor.schedules`: all of them in one heap, by their next slots, on one timer. */
export class Scheduler implements Schedules {
  readonly #parts: SchedulerParts
  readonly #scheduled = new Map<string, Scheduled>()
  readonly #slots: SlotTimer<Scheduled>
  /** What was due before has been missed, however recent. */
  readonly #startedAt: number
  #isSaving = false
  readonly #endWatching: () => void

  constructor(parts: SchedulerParts) {
    this.#parts = parts
    this.#startedAt = parts.clock.now()
    this.#slots = new SlotTimer(parts, (scheduled, slot, now) => this.#due(scheduled, slot, now))
    for (const record of parts.book.load()) this.#heard(record.name, record)
    this.#endWatching = parts.book.watch((name, record) => {
      if (!this.#isSaving) this.#heard(name, record)
    })
  }

  get size(): number {
    return this.#scheduled.size
  }

  add(...given: readonly unknown[]): void {
    const { name, schedule, call, options } = checkedSchedule(given)
    this.#parts.check(call, runOptionsOf(options))
    const now = this.#parts.clock.now()
    const spec = isTiming(schedule) ? schedule.spec : undefined
    const known = this.#scheduled.get(name)?.record
    const isSame = known !== undefined && JSON.stringify(known.spec) === JSON.stringify(spec)
    const anchor = isSame ? known.anchor : now
    const source = slotSource(schedule)
    // Whoever cannot be asked is refused before anything has changed.
    source.slotAfter(now, anchor)
    const record = known ?? newRecord(name, call, now)
    // Slots of another schedule that have passed were never this one's to run.
    const cursor = isSame ? record.cursor : Math.max(record.cursor, now)
    Object.assign(record, { spec, call, options: withoutFunctions(options), anchor, cursor })
    const scheduled = this.#scheduled.get(name) ?? new Scheduled(record)
    scheduled.given(source, { ...options })
    this.#scheduled.set(name, scheduled)
    if (record.state === "ended" && slotOf(record, source, cursor).slot !== undefined) this.#send(record, "replace")
    this.#changed(scheduled)
  }

  remove(name: string): boolean {
    const scheduled = this.#scheduled.get(name)
    if (scheduled === undefined) return false
    this.#forget(scheduled)
    this.#save(() => this.#parts.book.remove(name))
    return true
  }

  pause(name: string): void {
    const scheduled = this.#get(name, "pause")
    this.#send(scheduled.record, "pause")
    this.#changed(scheduled)
  }

  resume(name: string): void {
    const scheduled = this.#get(name, "resume")
    const { record } = scheduled
    if (record.state !== "paused") return
    this.#send(record, "resume")
    record.cursor = Math.max(record.cursor, this.#parts.clock.now())
    this.#changed(scheduled)
  }

  runNow(name: string): TaskHandle {
    const scheduled = this.#get(name, "run")
    const now = this.#parts.clock.now()
    const task = this.#submit(scheduled, runOptionsOf(scheduled.options), now)
    this.#changed(scheduled)
    return task as TaskHandle
  }

  next(name: string, count = 1): readonly Date[] {
    const { record, source } = this.#get(name, "list the slots of")
    checkCountOfSlots(count)
    return source === undefined ? [] : slotsOf(record, source, count, this.#parts.clock.now())
  }

  list(): readonly ScheduleEntry[] {
    return Array.from(this.#scheduled.values(), ({ entry }) => entry)
  }

  /** The shutdown has begun: slots are left to the next supervisor. */
  stop(): void {
    this.#endWatching()
    this.#slots.stop()
  }

  // ------------------------------------------------------------------------------------------------------------ its slots

  /** A book that cannot be written in holds up nobody else, and this one only until the next slot. */
  #due(scheduled: Scheduled, first: number, now: number): void {
    try {
      this.#deal(scheduled, first, now)
    } catch (error) {
      this.#parts.warn(`What became of schedule ${JSON.stringify(scheduled.name)} could not be kept`, error)
    }
  }

  /** The first of its slots that is due, and perhaps others with it. */
  #deal(scheduled: Scheduled, first: number, now: number): void {
    const { catchUp = "once", overlap = "skip" } = scheduled.options
    const latest = this.#latest(scheduled, first, now)
    if (latest === undefined) return this.#changed(scheduled)
    const isMissed = latest < Math.max(this.#startedAt, now - longestSleepMs)
    if (catchUp === "all") {
      // Each of them is to be run: none is left out because of the one before.
      if (isMissed || latest > first) scheduled.catchesUpTo = latest
      const isCaughtUp = first <= scheduled.catchesUpTo
      return this.#fire(scheduled, first, isCaughtUp && overlap === "skip" ? "queue" : overlap)
    }
    if (!isMissed || catchUp === "once") return this.#fire(scheduled, latest, overlap)
    scheduled.record.cursor = latest
    this.#changed(scheduled)
  }

  /** Undefined when its schedule fails. */
  #latest(scheduled: Scheduled, first: number, now: number): number | undefined {
    const { record, source } = scheduled
    try {
      return source === undefined ? undefined : latestSlot(record, source, first, now)
    } catch (error) {
      this.#fail(scheduled, error)
      return undefined
    }
  }

  /** The cursor, the task and what is kept of both: one step, which nobody comes between. */
  #fire(scheduled: Scheduled, slot: number, overlap: NonNullable<ScheduleOptions["overlap"]>): void {
    const { record, name } = scheduled
    record.cursor = slot
    const options = slotOptionsOf(scheduled.options, name, overlap)
    if (overlap !== "skip" || !this.#isBusy(scheduled, options)) {
      record.runs++
      try {
        this.#submit(scheduled, options, slot)
      } catch (error) {
        record.runs--
        const when = new Date(slot).toISOString()
        this.#parts.warn(`Schedule ${JSON.stringify(name)} could not run its task for ${when}`, error)
      }
    }
    this.#changed(scheduled)
  }

  #submit(scheduled: Scheduled, options: RunOptions, slot: number): Task {
    const { record, name } = scheduled
    const task = this.#parts.submit(record.call, options, { type: "schedule", schedule: name, slot })
    record.lastSlot = slot
    scheduled.began(task)
    return task
  }

  #isBusy({ isBusy, record, options: { key: ownKey, onConflict } }: Scheduled, { key }: RunOptions): boolean {
    if (isBusy || (record.lastTask !== undefined && this.#parts.isAlive(record.lastTask))) return true
    // What somebody has submitted again is this schedule's too. Only of a key of their own can users say what becomes of its holder.
    const isUsersBusiness = ownKey !== undefined && onConflict !== undefined
    return key !== undefined && !isUsersBusiness && this.#parts.isHeld(key)
  }

  #fail({ name, record }: Scheduled, error: unknown): void {
    this.#parts.warn(`Schedule ${JSON.stringify(name)} has ended, because it cannot say when its next slot is`, error)
    record.endedBy = "error"
    this.#send(record, "exhaust")
  }

  // ------------------------------------------------------------------------------------------------------------ its records

  /** Whatever has changed of one of them, here: when it is next, and what is kept. */
  #changed(scheduled: Scheduled): void {
    const { record, name } = scheduled
    // Who was told of its task may have removed it.
    if (this.#scheduled.get(name) !== scheduled) return
    this.#plan(scheduled)
    this.#save(() => this.#parts.book.save(record))
  }

  /** The book says so: at the start, or because another supervisor has changed it. */
  #heard(name: string, record: ScheduleRecord | undefined): void {
    const known = this.#scheduled.get(name)
    if (record === undefined) {
      if (known !== undefined) this.#forget(known)
      return
    }
    const scheduled = known ?? new Scheduled(record)
    this.#scheduled.set(name, scheduled)
    try {
      scheduled.follow(record, this.#parts.book.isHeld?.(record) ?? false)
    } catch (error) {
      this.#parts.warn(`Schedule ${JSON.stringify(name)} is not followed`, error)
    }
    this.#plan(scheduled)
  }

  #plan(scheduled: Scheduled): void {
    const { record, source } = scheduled
    let next: number | undefined
    if (record.state === "active" && source !== undefined) {
      try {
        const found = slotOf(record, source, record.cursor)
        next = found.slot
        if (found.slot === undefined) {
          record.endedBy = found.endedBy
          this.#send(record, "exhaust")
        }
      } catch (error) {
        this.#fail(scheduled, error)
      }
    }
    scheduled.next = next
    this.#slots.update(scheduled)
  }

  #send(record: ScheduleRecord, event: ScheduleEvent["type"]): void {
    record.state = nextScheduleState(record.state, event)
    if (record.state === "active") record.endedBy = undefined
  }

  #forget(scheduled: Scheduled): void {
    this.#send(scheduled.record, "remove")
    this.#scheduled.delete(scheduled.name)
    scheduled.next = undefined
    this.#slots.update(scheduled)
  }

  #save(write: () => void): void {
    this.#isSaving = true
    try {
      write()
    } finally {
      this.#isSaving = false
    }
  }

  #get(name: string, action: string): Scheduled {
    const scheduled = this.#scheduled.get(name)
    if (scheduled !== undefined) return scheduled
    const names = [...this.#scheduled.keys()].slice(0, 20).map((known) => JSON.stringify(known))
    const known = names.length === 0 ? "there is none at all" : `there are ${names.join(", ")}`
    throw new RangeError(`Cannot ${action} schedule ${show(name)}: there is none of that name; ${known}`)
  }
}
