import type { ActorRefFrom } from "xstate"
import type { supervisorMachine } from "../../machines/supervisor/machine.ts"
import type { Outcome } from "../../machines/task/outcome.ts"
import type { TaskKey, TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { TaskContext } from "../context/context.ts"
import { Call } from "../definition/call.ts"
import type { AnyTaskDefinition, BodyResult, EventMap, TaskCall, TaskDefinition } from "../definition/definition.ts"
import { durationMs, type DurationInput } from "../definition/duration.ts"
import type { TaskFact } from "../events/task-fact.ts"
import { TaskNotFoundError } from "../failure/errors.ts"
import { show } from "../failure/show.ts"
import type { TaskHistory } from "../history/history.ts"
import { pipelineExecutor } from "../pipeline/executor.ts"
import type { Pipeline } from "../pipeline/pipeline.ts"
import type { Executor } from "../ports/executor.ts"
import type { OwnSchedules } from "../schedule/own-schedules.ts"
import type { Schedules } from "../schedule/schedules.ts"
import { checkListener } from "../task/check-listener.ts"
import type { PipelineHandle, TaskHandle } from "../task/handle.ts"
import type { CancelReceipt } from "../task/receipt.ts"
import type { RunOptions } from "../task/run-options.ts"
import { checkOptions } from "./check-options.ts"
import type { Keys } from "./keys.ts"
import type { Roster } from "./roster.ts"
import { selectTasks } from "./select.ts"
import { Rooms, type SharedParts } from "./rooms.ts"
import type { Shutdown } from "./shutdown.ts"
import type { Submission } from "./submission.ts"
import type { Inspect, Supervisor, SupervisorOptions, TaskSelector } from "./supervisor.ts"
import type { SupervisorSnapshot, TaskView } from "./view.ts"

/** Makes a supervisor of the executors that a platform brings, and of options, whose executors win over those of the same name. */
export function makeSupervisor(
  presets: readonly Executor[],
  options: SupervisorOptions,
  shared: SharedParts = {},
): Supervisor {
  checkOptions(options, presets)
  const executors = [...presets, ...(options.executors ?? []), pipelineExecutor()]
  return new TaskSupervisor(new Rooms(executors, options, shared))
}

/** A supervisor's public face, before the rooms in which the work is done. */
class TaskSupervisor implements Supervisor {
  readonly actor: ActorRefFrom<typeof supervisorMachine>
  readonly history: TaskHistory
  readonly inspect: Inspect
  readonly tasksUpdated: Supervisor["tasksUpdated"]
  readonly #roster: Roster
  readonly #view: TaskView
  readonly #keys: Keys
  readonly #submission: Submission
  readonly #shutdown: Shutdown
  readonly #schedules: OwnSchedules

  constructor(rooms: Rooms) {
    this.actor = rooms.actor
    this.history = rooms.history
    this.inspect = rooms.inspect
    this.#roster = rooms.roster
    this.#view = rooms.view
    this.#keys = rooms.keys
    this.#submission = rooms.submission
    this.#shutdown = rooms.shutdown
    this.#schedules = rooms.schedules
    this.tasksUpdated = {
      connect: (listener) => {
        checkListener(listener)
        return this.subscribe(({ tasks, progress }) => listener(tasks, progress))
      },
    }
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

/** One object for all coroutines without a definition, so that their plan is computed once. */
const coroutine = { executor: "coroutine" } as const
