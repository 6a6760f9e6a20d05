import type { ActorRefFrom } from "xstate"
import type { supervisorMachine } from "../../machines/supervisor/machine.ts"
import type { Timers } from "../clock/timers.ts"
import type { Clock } from "../ports/clock.ts"
import type { Callbacks } from "../supervisor/callbacks.ts"
import type { Keys } from "../supervisor/keys.ts"
import type { Roster } from "../supervisor/roster.ts"
import type { Submission } from "../supervisor/submission.ts"
import { checkKept, keptScheduleBook } from "../journal/schedule-book.ts"
import type { Journal } from "../journal/journal.ts"
import { withoutFunctions } from "./run-options-of.ts"
import { memoryScheduleBook, type ScheduleBook } from "./schedule-book.ts"
import { Scheduler } from "./scheduler.ts"
import type { Schedules } from "./schedules.ts"

/** What a supervisor's schedules need of it. */
export interface OwnSchedulesParts {
  readonly clock: Clock
  readonly timers: Timers
  readonly actor: ActorRefFrom<typeof supervisorMachine>
  readonly callbacks: Callbacks
  readonly roster: Roster
  readonly keys: Keys
  readonly submission: Submission
  /** Where there is a store: the schedules are kept in it. */
  readonly journal: Journal | undefined
}

/** The schedules of one supervisor. Nobody pays for them who has none: they are made when somebody asks. */
export class OwnSchedules {
  readonly #parts: OwnSchedulesParts
  readonly #book: ScheduleBook | undefined
  #scheduler: Scheduler | undefined

  /** @param book What is in it already is followed whether somebody asks or not. Default: a new one, in memory. */
  constructor(parts: OwnSchedulesParts, book: ScheduleBook | undefined) {
    const { journal, callbacks } = parts
    this.#parts = parts
    this.#book = book ?? (journal && keptScheduleBook(journal, (message, cause) => callbacks.warn(message, cause)))
    if (this.#book !== undefined) this.#scheduler = this.#make()
  }

  get all(): Schedules {
    this.#scheduler ??= this.#make()
    return this.#scheduler
  }

  get size(): number {
    return this.#scheduler?.size ?? 0
  }

  /** The shutdown has begun. */
  stop(): void {
    this.#scheduler?.stop()
  }

  #make(): Scheduler {
    const { clock, timers, actor, callbacks, roster, keys, submission, journal } = this.#parts
    return new Scheduler({
      clock,
      timers,
      book: this.#book ?? memoryScheduleBook(),
      isOpen: () => actor.getSnapshot().value === "open",
      isReady: () => journal?.state !== "failing",
      check: (call, options) => {
        submission.check(call, options)
        if (journal !== undefined) checkKept(journal, call, withoutFunctions(options))
      },
      submit: (call, options, origin) => submission.submit(call, options, undefined, undefined, origin),
      isAlive: (id) => roster.livingWith(id) !== undefined,
      isHeld: (key) => keys.all(key).length > 0,
      warn: (message, cause) => callbacks.warn(message, cause),
    })
  }
}
