import type { AnyActorRef, EventObject } from "xstate"
import { stateValue, taskLogic } from "../../machines/task/logic.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { EventMap, TaskCall, TaskDefinition } from "../definition/definition.ts"
import { TaskCancelledError, TaskFailedError, TaskNotFoundError } from "../failure/errors.ts"
import { show } from "../failure/show.ts"
import type { Supervisor } from "../supervisor/supervisor.ts"
import type { TaskHandle } from "../task/handle.ts"
import type { RunOptions } from "../task/run-options.ts"
import { Holding } from "./holding.ts"
import type { InvokedTaskInput, InvokedTaskLogic, InvokedTaskOptions, InvokedTaskSnapshot } from "./invoked-task.ts"

/**
 * Actor logic that runs a task under a supervisor, for a machine of your own: `onDone` gets the output, `onError` the TaskFailedError or
 * TaskCancelledError, `onSnapshot` the progress and the message. Leaving the state cancels the task.
 *
 * The input is the array of the task's arguments. Stopping the actor does not wait for the task's end; to wait, send the actor `cancel` and
 * stay in the state until `onError`. Of several actors that have joined one task (`onConflict: "join"`) the last one to be stopped cancels
 * it, and none of them does when somebody else had started it.
 *
 * A restored actor goes on with its task where the supervisor still knows it and it has not been cancelled; otherwise the task runs again.
 *
 * @param task A definition; a call, which has its arguments already; or a function that makes a call of the input, as for a pipeline over
 * what an earlier state has found: `fromTask(supervisor, (files: readonly string[]) => map(resize, files))`.
 * @param options Of each run: a key, callbacks, settings; or a function of the arguments that gives them.
 * @throws TypeError for what is none of these.
 * @example
 * import { setup } from "xstate"
 *
 * const resize = defineTask({ name: "resize", run: async (_ctx, file: string, width: number) => `${file} at ${width}` })
 * const machine = setup({ actors: { resize: fromTask(supervisor, resize) } }).createMachine({
 *   initial: "resizing",
 *   states: {
 *     resizing: { invoke: { src: "resize", input: ["a.png", 320], onDone: "resized", onError: "broken" } },
 *     resized: {},
 *     broken: {},
 *   },
 * })
 */
export function fromTask<Args extends readonly unknown[], Output, Events extends EventMap>(
  supervisor: Supervisor,
  task: TaskDefinition<string, Args, Output, Events>,
  options?: InvokedTaskOptions<Args, Events, NoInfer<Output>>,
): InvokedTaskLogic<Output, InvokedTaskInput<Args>>
/** The same for a call, which has its arguments already: it takes no input. */
export function fromTask<Output, Events extends EventMap>(
  supervisor: Supervisor,
  call: TaskCall<Output, Events>,
  options?: RunOptions<Events, NoInfer<Output>>,
): InvokedTaskLogic<Output, undefined>
/** The same for a function that makes a call of the input. */
export function fromTask<Args extends readonly unknown[], Output, Events extends EventMap>(
  supervisor: Supervisor,
  make: (...args: Args) => TaskCall<Output, Events>,
  options?: InvokedTaskOptions<Args, Events, NoInfer<Output>>,
): InvokedTaskLogic<Output, InvokedTaskInput<Args>>
export function fromTask(
  supervisor: Supervisor,
  task: CallMaker | TaskCall<unknown>,
  options: InvokedTaskOptions<readonly unknown[], EventMap> = {},
): InvokedTaskLogic<unknown, unknown> {
  checkTask(task)

  /** The task of an actor that begins to live, or goes on after it was restored. */
  const runFor = ({ input, task: id, isJoined }: State): Holding => {
    const args = argsOf(task, input)
    const call = typeof task === "function" ? task(...args) : task
    const known = id === undefined ? undefined : knownTask(supervisor, id, call.taskName)
    if (known !== undefined) return isJoined ? Holding.joined(known) : Holding.of(known)
    const runOptions = typeof options === "function" ? options(...args) : options
    const { key, onConflict } = runOptions
    const living = key !== undefined && onConflict === "join" ? supervisor.find(key) : undefined
    const handle = supervisor.run(call, runOptions)
    return handle === living ? Holding.joined(handle) : Holding.of(handle)
  }

  return {
    config: taskLogic.config,

    getInitialSnapshot: (_scope, input) => ({ ...unborn, input }),

    start: (state, { self }) => {
      const holding = runFor(state)
      holdings.set(self, holding)
      holding.follow((snapshot) => self.send({ type: "tasktor.changed", task: snapshot }))
    },

    transition: (snapshot, event, { self }) => {
      if (snapshot.status !== "active") return snapshot
      const holding = holdings.get(self)
      if (isStop(event)) {
        holding?.letGo(`actor ${self.id} was stopped`)
        return { ...snapshot, status: "stopped" }
      }
      switch (event.type) {
        case "cancel":
          // Machines forward events of all kinds.
          void holding?.handle.cancel(typeof event.reason === "string" ? event.reason : undefined)
          return snapshot
        case "tasktor.changed":
          return changed(snapshot, event.task, holding?.isOurs === false)
        default: // an actor is sent whatever anybody likes
          return snapshot
      }
    },

    getPersistedSnapshot: (snapshot) => ({ ...snapshot, context: undefined }),

    restoreSnapshot: (persisted) => {
      const known = persisted as State
      // Where a living task is now, the first look at it tells.
      return known.status === "active"
        ? { ...unborn, input: known.input, task: known.task, isJoined: known.isJoined }
        : known
    },
  }
}

type CallMaker = ((...args: readonly unknown[]) => TaskCall<unknown>) & { readonly taskName?: string }
type State = InvokedTaskSnapshot<unknown>

const unborn = {
  status: "active",
  output: undefined,
  error: undefined,
  progress: 0,
  message: undefined,
  task: undefined,
  isJoined: false,
  value: { pending: "queued" },
  context: undefined,
  input: undefined,
} satisfies State

const holdings = new WeakMap<AnyActorRef, Holding>()

function changed({ input }: State, task: TaskSnapshot, isJoined: boolean): State {
  const { id, progress, message, outcome } = task
  const now = { input, task: id, isJoined, progress, message, value: stateValue(task), context: task }
  switch (outcome?.status) {
    case undefined:
      return { ...now, status: "active", output: undefined, error: undefined }
    case "completed":
      return { ...now, status: "done", output: outcome.output, error: undefined }
    case "failed":
      return { ...now, status: "error", output: undefined, error: new TaskFailedError(id, outcome.failure) }
    case "cancelled":
      return { ...now, status: "error", output: undefined, error: new TaskCancelledError(id, outcome.reason) }
  }
}

/** The task of a restored actor, where there is nothing to run again. */
function knownTask(supervisor: Supervisor, id: string, name: string): TaskHandle | undefined {
  try {
    const handle = supervisor.get(id)
    return handle.snapshot.cancelRequested || handle.snapshot.name !== name ? undefined : handle
  } catch (error) {
    if (error instanceof TaskNotFoundError) return undefined
    throw error
  }
}

function argsOf(task: CallMaker | TaskCall<unknown>, input: unknown): readonly unknown[] {
  if (typeof task !== "function" || input === undefined) return typeof task === "function" ? [] : task.args
  if (Array.isArray(input)) return input
  throw new TypeError(
    `Cannot run ${task.taskName === undefined ? "a task" : `task ${JSON.stringify(task.taskName)}`} in an actor: its input must be the array of its arguments, as in input: [50], current value is ${show(input)}`,
  )
}

function checkTask(task: unknown): void {
  if (typeof task === "function") return
  if (typeof task === "object" && task !== null && "taskName" in task && typeof task.taskName === "string") return
  throw new TypeError(
    `Cannot make an actor of ${show(task)}: it is no task definition, no call and no function that makes one; make it with defineTask, as in fromTask(supervisor, task)`,
  )
}

/** XState's own event for an actor whose state is left, or whose parent ends. */
function isStop(event: EventObject): boolean {
  return event.type === "xstate.stop"
}
