import { type ActorRefFrom, createActor } from "xstate"
import { supervisorLogic, type supervisorMachine } from "../../machines/supervisor/machine.ts"
import { systemClock } from "../clock/system-clock.ts"
import { Timers } from "../clock/timers.ts"
import { changedBy } from "../definition/changed-settings.ts"
import type { TaskSettings } from "../definition/settings.ts"
import { KeptHistory } from "../history/kept-history.ts"
import { Journal } from "../journal/journal.ts"
import { snapshotOf } from "../journal/record.ts"
import { Recovery } from "../journal/recovery.ts"
import type { Clock } from "../ports/clock.ts"
import type { Executor } from "../ports/executor.ts"
import type { Store } from "../ports/store.ts"
import { OwnSchedules } from "../schedule/own-schedules.ts"
import type { ScheduleBook } from "../schedule/schedule-book.ts"
import type { Task } from "../task/task.ts"
import { ActorSystem, guardedInspector } from "./actor-system.ts"
import { Admission } from "./admission.ts"
import { answerRequest } from "./answer-request.ts"
import { Callbacks } from "./callbacks.ts"
import { Executors } from "./executors.ts"
import { inspectionOf } from "./inspection.ts"
import { Keys } from "./keys.ts"
import { Lifecycle } from "./lifecycle.ts"
import { LocalView } from "./local-view.ts"
import { Publisher } from "./publisher.ts"
import { Roster } from "./roster.ts"
import { Shutdown } from "./shutdown.ts"
import { Submission } from "./submission.ts"
import type { Inspect, SupervisorOptions } from "./supervisor.ts"
import type { TaskView } from "./view.ts"
import { shareWorkings } from "./workings.ts"

/** What a supervisor shares with others. */
export interface SharedParts {
  /** The records of its schedules. Default: those of its store, or its own in memory. */
  readonly scheduleBook?: ScheduleBook
}

/** What outlives its program is tried more than once. */
const retryWithStore = { retry: { maxAttempts: 3 } } as const

/** The rooms of one supervisor, each made and led to the others. What they do stands in them; how they hang together stands here. */
export class Rooms {
  readonly actor: ActorRefFrom<typeof supervisorMachine>
  readonly roster: Roster
  readonly view: TaskView
  readonly keys: Keys
  readonly submission: Submission
  readonly shutdown: Shutdown
  readonly history: KeptHistory
  readonly inspect: Inspect
  readonly schedules: OwnSchedules
  readonly #lifecycle: Lifecycle
  readonly #journal: Journal | undefined
  readonly #recovery: Recovery | undefined

  constructor(executorList: readonly Executor[], options: SupervisorOptions, shared: SharedParts) {
    const { clock = systemClock, random = Math.random, store } = options
    const callbacks = new Callbacks(options.dispatch, options.warn)
    const warn = (message: string, cause?: unknown): void => callbacks.warn(message, cause)
    const defaults = changedBy(store === undefined ? {} : retryWithStore, options.defaults ?? {})
    const timers = new Timers(clock)
    const journal = store === undefined ? undefined : this.#openJournal(store, clock, timers, warn)
    const idPrefix = freshPrefix(random, journal)
    const roster = new Roster(idPrefix, options.history ?? 1000, (id) => this.#kept(id))
    const publisher = new Publisher(clock, callbacks, () => this.view.getSnapshot())
    const executors = new Executors(executorList)
    const begin = (task: Task): void => this.#lifecycle.begin(task)
    const admission = new Admission(clock, timers, options.queues ?? {}, begin, warn)
    this.#journal = journal
    this.roster = roster
    this.view = new LocalView(roster, publisher, () => this.actor.getSnapshot().value)
    this.keys = new Keys((id) => roster.livingWith(id))
    this.actor = createActor(supervisorLogic, {
      id: "supervisor",
      clock: {
        setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
        clearTimeout: (timer) => clock.clearTimeout(timer),
      },
      ...(options.inspect === undefined ? {} : { inspect: guardedInspector(options.inspect, callbacks) }),
    })
    const system = new ActorSystem(this.actor, options.inspect !== undefined, callbacks, () => {
      for (const task of roster.living()) this.#lifecycle.show(task)
    })
    this.actor.start()
    shareWorkings(this.actor, { clock, timers, callbacks })
    const { actor, keys } = this
    const recovery = (): Recovery | undefined => this.#recovery
    const lifecycle = new Lifecycle({
      clock,
      timers,
      random,
      idPrefix,
      supervisorActor: actor,
      isInspected: () => system.isInspected,
      admission,
      executors,
      roster,
      callbacks,
      publisher,
      journal,
      stepsOf: (task) => this.#recovery?.stepsOf(task),
      submitChild: (parent, call, own, birth) => this.submission.submit(call, own, parent, birth),
      freed: (task) => this.submission.freed(task),
      afterSettled: () => this.shutdown.afterSettled(),
    })
    this.#lifecycle = lifecycle
    const closed = (parent: Task | undefined): ReturnType<Shutdown["refusal"]> => this.shutdown.refusal(parent)
    const submission = new Submission({ clock, executors, keys, lifecycle, roster, journal, defaults, closed })
    this.submission = submission
    this.shutdown = new Shutdown({ actor, executors, journal, recovery, lifecycle, roster, publisher, timers })
    this.history = new KeptHistory({
      clock,
      journal,
      submit: (call, own, origin) => submission.submit(call, own, undefined, undefined, origin),
      living: (id) => roster.livingWith(id),
    })
    const schedules = (): number => this.schedules.size
    this.inspect = inspectionOf({ roster, admission, executors, timers, journal, recovery, schedules })
    try {
      this.#open(executors, admission, options, warn)
      if (journal !== undefined) this.#recovery = this.#recover(journal, clock, defaults, warn)
      this.schedules = new OwnSchedules(
        { clock, timers, actor, callbacks, roster, keys, submission, journal },
        shared.scheduleBook,
      )
    } catch (error) {
      this.#giveUp(executors)
      throw error
    }
  }

  #open(executors: Executors, admission: Admission, options: SupervisorOptions, warn: Warn): void {
    const { clock = systemClock } = options
    for (const executor of executors.all) {
      const concurrency = options.concurrency?.[executor.name] ?? executor.defaultConcurrency
      admission.addExecutor(executor, concurrency)
      executor.open({
        clock,
        concurrency,
        ready: () => admission.pumpSoon(),
        pending: () => this.roster.counts.pending,
        warn,
      })
    }
  }

  /** It has not come about: nothing of what it found begins, and the store is another one's. */
  #giveUp(executors: Executors): void {
    this.#journal?.abandon()
    for (const task of [...this.roster.living()]) void this.#lifecycle.cancel(task, { type: "shutdown" })
    for (const executor of executors.all) void executor.close()
  }

  #openJournal(store: Store, clock: Clock, timers: Timers, warn: Warn): Journal {
    const session = store.open({ clock, warn, asked: (request) => answerRequest(this, request) })
    return new Journal({ session, clock, timers, warn })
  }

  #recover(journal: Journal, clock: Clock, defaults: TaskSettings, warn: Warn): Recovery {
    const { submission } = this
    const changed = (): void => this.shutdown.afterSettled()
    const recovery = new Recovery({ clock, journal, submission, defaults, warn, changed })
    try {
      if (journal.session.isFirst) recovery.begin()
      // From here on it counts: what had settled by then was another one's.
      journal.noteSupervisor("open", journal.session.isFirst)
      // What it came to is known to whoever asks the store, now.
      journal.flush()
      return recovery
    } catch (error) {
      recovery.end()
      throw error
    }
  }

  /** What the store knows of a task that has settled before, or in another program. */
  #kept(id: string): Task | undefined {
    const session = this.#journal?.state === "closed" ? undefined : this.#journal?.session
    const record = session?.find(id)
    if (session === undefined || record?.snapshot.outcome === undefined) return undefined
    return this.submission.settled(snapshotOf(record, session))
  }
}

type Warn = (message: string, cause?: unknown) => void

/** In a store, ids meet those of other programs: where a test's dice give what is there already, real ones are thrown. */
function freshPrefix(random: () => number, journal: Journal | undefined): string {
  const prefix = `t${randomLetters(random)}-`
  return journal?.session.find(`${prefix}1`) === undefined ? prefix : `t${randomLetters(Math.random)}-`
}

/** Six letters and digits: ids of two supervisors, or of two runs of a program, do not meet by accident. */
function randomLetters(random: () => number): string {
  return Array.from({ length: 6 }, () => Math.floor(random() * 36).toString(36)).join("")
}
