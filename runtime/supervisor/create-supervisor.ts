import { type ActorRefFrom, createActor } from "xstate"
import { supervisorLogic, type supervisorMachine } from "../../machines/supervisor/machine.ts"
import type { Outcome } from "../../machines/task/outcome.ts"
import type { TaskKey, TaskSnapshot } from "../../machines/task/snapshot.ts"
import { systemClock } from "../clock/system-clock.ts"
import { Timers } from "../clock/timers.ts"
import type { TaskContext } from "../context/context.ts"
import { Call } from "../definition/call.ts"
import type { AnyTaskDefinition, BodyResult, EventMap, TaskCall, TaskDefinition } from "../definition/definition.ts"
import { durationMs, type DurationInput } from "../definition/duration.ts"
import type { TaskFact } from "../events/task-fact.ts"
import { TaskNotFoundError } from "../failure/errors.ts"
import { show } from "../failure/show.ts"
import type { TaskHistory } from "../history/history.ts"
import { KeptHistory } from "../history/kept-history.ts"
import { Journal } from "../journal/journal.ts"
import { snapshotOf } from "../journal/record.ts"
import { Recovery } from "../journal/recovery.ts"
import { pipelineExecutor } from "../pipeline/executor.ts"
import type { Pipeline } from "../pipeline/pipeline.ts"
import type { Clock } from "../ports/clock.ts"
import type { Executor } from "../ports/executor.ts"
import type { Store } from "../ports/store.ts"
import type { Task } from "../task/task.ts"
import type { TaskSettings } from "../definition/settings.ts"
import { OwnSchedules } from "../schedule/own-schedules.ts"
import type { ScheduleBook } from "../schedule/schedule-book.ts"
import type { Schedules } from "../schedule/schedules.ts"
import { checkListener } from "../task/check-listener.ts"
import type { PipelineHandle, TaskHandle } from "../task/handle.ts"
import type { CancelReceipt } from "../task/receipt.ts"
import type { RunOptions } from "../task/run-options.ts"
import { ActorSystem, guardedInspector } from "./actor-system.ts"
import { Admission } from "./admission.ts"
import { answerRequest } from "./answer-request.ts"
import { Callbacks } from "./callbacks.ts"
import { checkOptions } from "./check-options.ts"
import { Executors } from "./executors.ts"
import { inspectionOf } from "./inspection.ts"
import { Keys } from "./keys.ts"
import { Lifecycle } from "./lifecycle.ts"
import { LocalView } from "./local-view.ts"
import { Publisher } from "./publisher.ts"
import { Roster } from "./roster.ts"
import { selectTasks } from "./select.ts"
import { Shutdown } from "./shutdown.ts"
import { Submission } from "./submission.ts"
import type { Inspect, Supervisor, SupervisorOptions, TaskSelector } from "./supervisor.ts"
import type { SupervisorSnapshot, TaskView } from "./view.ts"
import { shareWorkings } from "./workings.ts"

/** What a supervisor shares with others. */
export interface SharedParts {
  /** The records of its schedules. Default: its own, in memory. */
  readonly scheduleBook?: ScheduleBook
}

/** Makes a supervisor of the executors that a platform brings, and of options, whose executors win over those of the same name. */
export function makeSupervisor(
  presets: readonly Executor[],
  options: SupervisorOptions,
  shared: SharedParts = {},
): Supervisor {
  checkOptions(options, presets)
  return new TaskSupervisor([...presets, ...(options.executors ?? []), pipelineExecutor()], options, shared)
}

class TaskSupervisor implements Supervisor {
  readonly actor: ActorRefFrom<typeof supervisorMachine>
  readonly inspect: Inspect
  readonly tasksUpdated: Supervisor["tasksUpdated"]
  readonly #roster: Roster
  readonly #view: TaskView
  readonly #keys: Keys
  readonly #lifecycle: Lifecycle
  readonly #submission: Submission
  readonly #shutdown: Shutdown
  readonly #journal: Journal | undefined
  readonly #recovery: Recovery | undefined
  readonly history: TaskHistory
  readonly #schedules: OwnSchedules

  constructor(executorList: readonly Executor[], options: SupervisorOptions, shared: SharedParts) {
    const { clock = systemClock, random = Math.random } = options
    const idPrefix = `t${randomLetters(random)}-`
    const callbacks = new Callbacks(options.dispatch, options.warn)
    // What outlives its program is tried more than once.
    const defaults =
      options.store === undefined ? (options.defaults ?? {}) : { retry: threeAttempts, ...options.defaults }
    const timers = new Timers(clock)
    const journal = options.store === undefined ? undefined : this.#openJournal(options.store, clock, timers, callbacks)
    this.#journal = journal
    const roster = new Roster(idPrefix, options.history ?? 1000, (id) => this.#kept(id))
    const publisher = new Publisher(clock, callbacks, () => this.getSnapshot())
    this.#view = new LocalView(roster, publisher, () => this.actor.getSnapshot().value)
    const executors = new Executors(executorList)
    const admission = new Admission(
      clock,
      timers,
      options.queues ?? {},
      (task) => this.#lifecycle.begin(task),
      (message, cause) => callbacks.warn(message, cause),
    )
    this.#roster = roster
    this.#keys = new Keys((id) => roster.livingWith(id))
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
    this.#lifecycle = new Lifecycle({
      clock,
      timers,
      random,
      idPrefix,
      supervisorActor: this.actor,
      isInspected: () => system.isInspected,
      admission,
      executors,
      roster,
      callbacks,
      publisher,
      journal,
      stepsOf: (task) => this.#recovery?.stepsOf(task),
      submitChild: (parent, call, own, birth) => this.#submission.submit(call, own, parent, birth),
      freed: (task) => this.#submission.freed(task),
      afterSettled: () => this.#shutdown.afterSettled(),
    })
    this.#submission = new Submission({
      clock,
      executors,
      keys: this.#keys,
      lifecycle: this.#lifecycle,
      roster,
      journal,
      defaults,
      closed: (parent) => this.#shutdown.refusal(parent),
    })
    this.#shutdown = new Shutdown({
      actor: this.actor,
      executors,
      journal,
      recovery: () => this.#recovery,
      lifecycle: this.#lifecycle,
      roster,
      timers,
    })
    this.history = new KeptHistory({
      clock,
      journal,
      submit: (call, own, origin) => this.#submission.submit(call, own, undefined, undefined, origin),
      living: (id) => roster.livingWith(id),
    })
    this.inspect = inspectionOf({
      roster,
      admission,
      executors,
      timers,
      journal,
      held: () => this.#recovery?.held ?? 0,
      schedules: () => this.#schedules.size,
    })
    this.tasksUpdated = {
      connect: (listener) => {
        checkListener(listener)
        return this.subscribe(({ tasks, progress }) => listener(tasks, progress))
      },
    }
    for (const executor of executors.all) {
      const concurrency = options.concurrency?.[executor.name] ?? executor.defaultConcurrency
      admission.addExecutor(executor, concurrency)
      executor.open({
        clock,
        concurrency,
        ready: () => admission.pumpSoon(),
        pending: () => roster.counts.pending,
        warn: (message, cause) => callbacks.warn(message, cause),
      })
    }
    if (journal !== undefined) this.#recovery = this.#recover(journal, clock, defaults, callbacks)
    const { actor } = this
    const submission = this.#submission
    this.#schedules = new OwnSchedules(
      { clock, timers, actor, callbacks, roster, submission, journal },
      shared.scheduleBook,
    )
  }

  get schedules(): Schedules {
    return this.#schedules.all
  }

  run<Output>(pipeline: Pipeline<Output>, options?: RunOptions): PipelineHandle<Output>
  run<Output, Events extends EventMap>(
    call: TaskCall<Output, Events>,
    options?: RunOptions<Events>,
  ): TaskHandle<Output, Events>
  run<Output, Events extends EventMap>(
    call: TaskCall<Output, Events>,
    options?: RunOptions<Events>,
  ): TaskHandle<Output, Events> {
    return this.#submission.submit(call, options as RunOptions | undefined) as unknown as TaskHandle<Output, Events>
  }

  addCoroutine<Args extends readonly unknown[], Output>(
    body: (ctx: TaskContext, ...args: Args) => BodyResult<Output>,
    args: Args,
    options?: RunOptions,
  ): TaskHandle<Awaited<Output>> {
    if (typeof body !== "function") {
      throw new TypeError(`Cannot add a coroutine: its body must be a function, current value is ${show(body)}`)
    }
    const definition = {
      taskName: body.name === "" ? "coroutine" : body.name,
      settings: coroutine,
      module: undefined,
      input: undefined,
      output: undefined,
      body: body as unknown as AnyTaskDefinition["body"],
    }
    if (!Array.isArray(args)) {
      throw new TypeError(
        `Cannot add a coroutine: its arguments must be an array, as in ["a"], current value is ${show(args)}`,
      )
    }
    return this.run<Awaited<Output>, EventMap>(new Call(definition, args, coroutine), options)
  }

  runThread<Args extends readonly unknown[], Output, Events extends EventMap>(
    task: TaskDefinition<string, Args, Output, Events>,
    args: Args,
    options?: RunOptions<Events>,
  ): TaskHandle<Output, Events> {
    return this.#runOn({ executor: "thread" }, task, args, options)
  }

  runProcess<Args extends readonly unknown[], Output, Events extends EventMap>(
    task: TaskDefinition<string, Args, Output, Events>,
    args: Args,
    options?: RunOptions<Events>,
  ): TaskHandle<Output, Events> {
    return this.#runOn({ executor: "process" }, task, args, options)
  }

  cancelTask(key: TaskKey, reason?: string): Promise<CancelReceipt> {
    return this.#keys.find(key)?.cancel(reason) ?? Promise.resolve("unknown")
  }

  cancel(selector: TaskSelector, reason?: string): Promise<readonly CancelReceipt[]> {
    const tasks = selectTasks(selector, this.#roster, this.#keys)
    if (tasks.length === 0 && typeof selector === "string") return Promise.resolve(["unknown"])
    return Promise.all(tasks.map((task) => task.cancel(reason)))
  }

  get(id: string): TaskHandle {
    const task = typeof id === "string" ? this.#roster.get(id) : undefined
    if (task === undefined) throw new TaskNotFoundError(id)
    return task as TaskHandle
  }

  find(key: TaskKey): TaskHandle | undefined {
    return this.#keys.find(key)
  }

  getSnapshot(): SupervisorSnapshot {
    return this.#view.getSnapshot()
  }

  subscribe(listener: (snapshot: SupervisorSnapshot) => void): () => void {
    return this.#view.subscribe(listener)
  }

  onFact(listener: (fact: TaskFact) => void): () => void {
    return this.#view.onFact(listener)
  }

  snapshotOf(id: string): TaskSnapshot | undefined {
    return this.#view.snapshotOf(id)
  }

  subscribeTo(id: string, listener: (snapshot: TaskSnapshot) => void): () => void {
    return this.#view.subscribeTo(id, listener)
  }

  onEventOf(id: string, name: string, listener: (data: unknown) => void | Promise<void>): () => void {
    return this.#view.onEventOf(id, name, listener)
  }

  outcomeOf(id: string): Promise<Outcome<unknown>> {
    return this.#view.outcomeOf(id)
  }

  settled(options: { readonly timeout?: DurationInput } = {}): Promise<boolean> {
    const timeoutMs =
      options.timeout === undefined ? undefined : durationMs(options.timeout, "the timeout of settled()")
    return this.#shutdown.quiet(timeoutMs)
  }

  shutdown(options: { readonly drain?: DurationInput; readonly grace?: DurationInput } = {}): Promise<void> {
    const ended = this.#shutdown.begin(
      durationMs(options.drain ?? 0, '"drain" of shutdown()'),
      options.grace === undefined ? undefined : durationMs(options.grace, '"grace" of shutdown()'),
    )
    this.#schedules.stop()
    return ended
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown()
  }

  #openJournal(store: Store, clock: Clock, timers: Timers, callbacks: Callbacks): Journal {
    const warn = (message: string, cause?: unknown): void => callbacks.warn(message, cause)
    const session = store.open({ clock, warn, asked: (request) => answerRequest(this, request) })
    return new Journal({ session, clock, timers, warn })
  }

  #recover(journal: Journal, clock: Clock, defaults: TaskSettings, callbacks: Callbacks): Recovery {
    const recovery = new Recovery({
      clock,
      journal,
      submission: this.#submission,
      defaults,
      warn: (message, cause) => callbacks.warn(message, cause),
      changed: () => this.#shutdown.afterSettled(),
    })
    journal.noteSupervisor("open", journal.session.isFirst)
    if (journal.session.isFirst) recovery.begin()
    // What it came to is known to whoever asks the store, now.
    journal.flush()
    return recovery
  }

  /** What the store knows of a task that has settled before, or in another program. */
  #kept(id: string): Task | undefined {
    const session = this.#journal?.session
    const record = session?.find(id)
    if (session === undefined || record?.snapshot.outcome === undefined) return undefined
    return this.#submission.settled(snapshotOf(record, session))
  }

  #runOn<Args extends readonly unknown[], Output, Events extends EventMap>(
    place: { readonly executor: string },
    task: TaskDefinition<string, Args, Output, Events>,
    args: Args,
    options: RunOptions<Events> | undefined,
  ): TaskHandle<Output, Events> {
    if (typeof task !== "function" || typeof task.taskName !== "string") {
      throw new TypeError(
        `Cannot run ${show(task)} in a ${place.executor}: it is not a task definition; make one with defineTask`,
      )
    }
    if (!Array.isArray(args)) {
      throw new TypeError(
        `Cannot run task ${JSON.stringify(task.taskName)}: its arguments must be an array, as in [50], current value is ${show(args)}`,
      )
    }
    return this.run(task(...(args as Args)).with(place), options)
  }
}

const threeAttempts = { maxAttempts: 3 } as const

/** One object for all coroutines without a definition, so that their plan is computed once. */
const coroutine = { executor: "coroutine" } as const

/** Six letters and digits: ids of two supervisors, or of two runs of a program, do not meet by accident. */
function randomLetters(random: () => number): string {
  return Array.from({ length: 6 }, () => Math.floor(random() * 36).toString(36)).join("")
}
