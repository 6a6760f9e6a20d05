import type { CancelReason, TaskFailure } from "../../machines/task/outcome.ts"
import type { TaskKey, TaskOrigin, TaskSnapshot } from "../../machines/task/snapshot.ts"
import { definitionOf } from "../definition/call.ts"
import { absentDefinition } from "../definition/absent-definition.ts"
import type { AnyTaskCall, AnyTaskDefinition } from "../definition/definition.ts"
import { instantMs } from "../definition/duration.ts"
import type { TaskSettings } from "../definition/settings.ts"
import { validate, type Validated } from "../definition/validate.ts"
import { asError } from "../failure/codec/as-error.ts"
import type { ChildBirth } from "../context/link.ts"
import type { Clock } from "../ports/clock.ts"
import { planOf, type TaskPlan } from "../task/plan.ts"
import type { KeyPolicy, RunOptions } from "../task/run-options.ts"
import { Task } from "../task/task.ts"
import { Waits } from "../task/waits.ts"
import type { Journal } from "../journal/journal.ts"
import { keepSubmission, noteBirth } from "../journal/keep-task.ts"
import type { Executors } from "./executors.ts"
import { checkRunOptions, settingsIn, settingsOfRun } from "./check-run-options.ts"
import { type Keys, keyText } from "./keys.ts"
import type { Lifecycle } from "./lifecycle.ts"
import type { Roster } from "./roster.ts"

export interface SubmissionParts {
  readonly clock: Clock
  readonly executors: Executors
  readonly keys: Keys
  readonly lifecycle: Lifecycle
  readonly roster: Roster
  /** Where there is a store. */
  readonly journal: Journal | undefined
  readonly defaults: TaskSettings
  /** Why nothing is admitted now; undefined while the supervisor is open. */
  closed(parent: Task | undefined): CancelReason | undefined
}

/** From a call to a task that lives: settings, input and key are settled here, once and for all. */
export class Submission {
  readonly #parts: SubmissionParts
  #serial = 0
  readonly #plans = new WeakMap<TaskSettings, TaskPlan>()

  constructor(parts: SubmissionParts) {
    this.#parts = parts
  }

  /**
   * @throws TypeError or RangeError for a call, an option or an executor that cannot be used. Nothing is submitted then. What a worker
   * cannot tell without its supervisor (which executors there are, who holds a key) fails a child instead, wherever it comes from.
   */
  submit(
    call: AnyTaskCall,
    options: RunOptions | undefined,
    parent?: Task,
    birth?: ChildBirth,
    origin?: TaskOrigin,
  ): Task {
    const { clock, executors, keys, lifecycle, roster, journal, closed } = this.#parts
    if (options !== undefined) checkRunOptions(options)
    const definition = definitionOf(call)
    const plan = this.#planOf(call, options)
    if (birth?.left !== undefined) {
      return this.restore({ snapshot: birth.left, definition, args: call.args, plan, publishId: undefined, parent })
    }
    const key = options?.key
    const policy = options?.onConflict ?? "replace"
    if (Array.isArray(key)) options = { ...options, key: Object.freeze([...key]) }
    const failure = birth?.failure ?? (parent === undefined ? undefined : this.#unfitness(plan, key, policy, parent))
    checkExecutor(plan, definition)
    if (failure === undefined) executors.get(plan.executor).check?.(definition)
    if (key !== undefined && policy === "join" && failure === undefined) {
      const living = keys.find(key)
      if (living !== undefined) return this.#join(living, options, parent, birth?.id)
    }
    const refusedNow = closed(parent)
    // Children belong to what has been accepted: they wait with all else that happens.
    if (parent === undefined) journal?.checkOpen(`Cannot accept task ${JSON.stringify(definition.taskName)}`)
    const kept = journal === undefined ? undefined : keepSubmission(journal, call, definition, options, parent)
    const isUnchecked = definition.input === undefined || birth?.skipped !== undefined
    const input = isUnchecked ? undefined : validate(definition.input, call.args, "input")
    const now = clock.now()
    const notBefore = plan.delay === undefined ? undefined : instantMs(plan.delay, now, '"delay"')
    const task = new Task(lifecycle, ++this.#serial, definition, call.args, plan, options, now)
    task.origin = origin
    if (parent !== undefined) task.joinFamily(parent, birth?.id)
    if (notBefore !== undefined && notBefore > now) (task.waits ??= new Waits()).notBefore = notBefore
    roster.add(task)
    const refusal = refusedNow ?? birth?.skipped ?? this.#refusalOf(task, policy)
    if (journal !== undefined && kept !== undefined) noteBirth(journal, task, kept, refusedNow, birth?.step)
    // Whoever is told of it may cancel it at once: that has its turn when it has its place.
    lifecycle.inTurn(task, () => {
      lifecycle.admit(task)
      const unfit = failure ?? kept?.failure
      if (unfit !== undefined) queueMicrotask(() => this.#fail(task, unfit))
      else if (refusal !== undefined && birth?.skipped !== undefined) void lifecycle.cancel(task, refusal)
      else if (refusal !== undefined) queueMicrotask(() => void lifecycle.cancel(task, refusal))
      else this.#enter(task, policy, input)
    })
    return task
  }

  /**
   * A task that another program has left goes on where it was; one that is `held` when its definition is here. Whoever waited for the same
   * key waits for it again, in the order of the submissions.
   */
  restore(left: LeftTask): Task {
    const { keys, lifecycle, roster } = this.#parts
    const { snapshot, definition, args, plan, publishId, parent, isHeld } = left
    const { id, key, submittedAt, nextAttemptAt, origin } = snapshot
    const options = { ...(key === id ? {} : { key }), ...(publishId === undefined ? {} : { publishId }) }
    const task = new Task(lifecycle, ++this.#serial, definition, args, plan, options, submittedAt)
    task.origin = origin
    if (parent !== undefined) task.joinFamily(parent, id)
    task.goOnFrom(snapshot)
    if (nextAttemptAt !== undefined) (task.waits ??= new Waits()).notBefore = nextAttemptAt
    roster.add(task)
    lifecycle.inTurn(task, () => {
      lifecycle.admit(task)
      const isFirst = key === id || keys.claim(key, task)
      if (isHeld === true) (task.waits ??= new Waits()).forCheck = true
      else this.#checkThenArrive(task, isFirst)
    })
    return task
  }

  /** The definition of a held task is here. */
  release(task: Task, definition: AnyTaskDefinition, args: readonly unknown[], plan: TaskPlan): void {
    if (task.settled) return
    task.definition = definition
    task.args = args
    task.plan = plan
    if (task.waits !== undefined) task.waits.forCheck = false
    const { key } = task
    this.#checkThenArrive(task, key === task.id || this.#parts.keys.all(key)[0] === task)
  }

  /** What a store knows of a settled task, as the handle that its submitter had. */
  settled(snapshot: TaskSnapshot): Task {
    const { lifecycle } = this.#parts
    const { id, key, submittedAt, origin } = snapshot
    const options = key === id ? undefined : { key }
    const task = new Task(lifecycle, 0, absentDefinition(snapshot.name), [], planOf({}), options, submittedAt)
    task.origin = origin
    task.goOnFrom(snapshot)
    task.isTold = true
    return task
  }

  #checkThenArrive(task: Task, isFirst: boolean): void {
    const { input } = task.definition
    const unfit = this.#unfitness(task.plan, undefined, "reject", task)
    if (unfit !== undefined) queueMicrotask(() => this.#fail(task, unfit))
    else if (input !== undefined) this.#checkThenEnter(task, validate(input, task.args, "input"))
    else if (isFirst) this.#parts.lifecycle.arrive(task)
  }

  /**
   * Whether `submit` would take this, for one who will submit it later.
   *
   * @throws TypeError or RangeError as `submit`.
   */
  check(call: AnyTaskCall, options: RunOptions): void {
    checkRunOptions(options)
    const definition = definitionOf(call)
    const plan = this.#planOf(call, options)
    checkExecutor(plan, definition)
    this.#parts.executors.get(plan.executor).check?.(definition)
  }

  /** A settled task gives up its key: its successor may run now. */
  freed(task: Task): void {
    const next = this.#parts.keys.release(task)
    if (next !== undefined && next.waits?.forCheck !== true) this.#parts.lifecycle.arrive(next)
  }

  /** The key first, then the input, then the line. */
  #enter(task: Task, policy: KeyPolicy, input: Validated | Promise<Validated> | undefined): void {
    const { keys, lifecycle } = this.#parts
    const key = task.options?.key
    const replaced = key !== undefined && policy === "replace" ? [...keys.all(key)] : []
    const isFirst = key === undefined || keys.claim(key, task)
    if (input !== undefined) this.#checkThenEnter(task, input)
    else if (isFirst) lifecycle.arrive(task)
    // It holds its place by now: whoever is told of their end and runs the same key again replaces this one in turn.
    for (const older of replaced) void lifecycle.cancel(older, { type: "replaced", by: task.id })
  }

  /** The input's verdict is told in a later microtask, so that the one who submits has the handle by then. */
  #checkThenEnter(task: Task, input: Validated | Promise<Validated>): void {
    const { keys, lifecycle } = this.#parts
    const waits = (task.waits ??= new Waits())
    waits.forCheck = true
    void Promise.resolve(input).then((validated) => {
      if ("failure" in validated) return this.#fail(task, validated.failure)
      waits.forCheck = false
      task.args = argsOf(validated.output)
      const key = task.options?.key
      if (key === undefined || keys.all(key)[0] === task) lifecycle.arrive(task)
    })
  }

  /** Why a child cannot be run, as far as only the supervisor can tell. */
  #unfitness(plan: TaskPlan, key: TaskKey | undefined, policy: KeyPolicy, parent: Task): TaskFailure | undefined {
    try {
      this.#parts.executors.get(plan.executor)
      if (key !== undefined && policy !== "reject") this.#refuseOwnAncestor(key, parent)
      return undefined
    } catch (thrown) {
      return { type: "setup", error: asError(thrown) }
    }
  }

  /**
   * Whoever joins a living task is told of its end and its events as well; a worker has named it before anybody knew. A body is told of
   * another's events for as long as it goes on, which its link knows.
   */
  #join(living: Task, options: RunOptions | undefined, parent: Task | undefined, alias: string | undefined): Task {
    const { whenDone, whenEvent } = options ?? {}
    if (whenDone !== undefined) living.alsoTell({ whenDone })
    if (whenEvent !== undefined && (parent === undefined || living.parent === parent)) living.alsoTell({ whenEvent })
    if (alias !== undefined) this.#parts.roster.alsoCall(living, alias)
    return living
  }

  /** A child that waits for, joins or replaces one of its own ancestors would wait for itself. */
  #refuseOwnAncestor(key: TaskKey, parent: Task): void {
    const holders = this.#parts.keys.all(key)
    for (let ancestor: Task | undefined = parent; ancestor !== undefined; ancestor = ancestor.parent) {
      if (!holders.includes(ancestor)) continue
      throw new TypeError(
        `Cannot run a child task under the key ${keyText(key)}: task ${ancestor.id}, which waits for it, holds that key; give it another one, or onConflict "reject"`,
      )
    }
  }

  #fail(task: Task, failure: TaskFailure): void {
    this.#parts.lifecycle.send(task, { type: "fail", failure, at: this.#parts.clock.now() })
  }

  #refusalOf(task: Task, policy: KeyPolicy): CancelReason | undefined {
    const key = task.options?.key
    if (key === undefined || policy !== "reject") return undefined
    const holder = this.#parts.keys.find(key)
    return holder === undefined
      ? undefined
      : { type: "skipped", because: `task ${holder.id} holds the key ${keyText(key)} (onConflict "reject")` }
  }

  /** Computed once for each definition, unless a run brings settings of its own. */
  #planOf(call: AnyTaskCall, options: RunOptions | undefined): TaskPlan {
    const own = options === undefined ? undefined : settingsIn(options)
    if (own === undefined) {
      const known = this.#plans.get(call.settings)
      if (known !== undefined) return known
    }
    // The defaults have been checked; none of the settings takes part of its value from them.
    const plan = planOf({ ...this.#parts.defaults, ...settingsOfRun(call, own) })
    if (own === undefined) this.#plans.set(call.settings, plan)
    return plan
  }
}

/** What another program has left. */
export interface LeftTask {
  /** Pending: what ran has become an attempt that was lost. */
  readonly snapshot: TaskSnapshot
  readonly definition: AnyTaskDefinition
  readonly args: readonly unknown[]
  readonly plan: TaskPlan
  readonly publishId: string | undefined
  readonly parent?: Task | undefined
  /** Its definition is not here yet. */
  readonly isHeld?: boolean
}

function checkExecutor({ executor }: TaskPlan, { taskName, onlyOn }: AnyTaskDefinition): void {
  if (onlyOn === undefined || onlyOn === executor) return
  throw new TypeError(
    `Cannot run ${JSON.stringify(taskName)} on executor ${JSON.stringify(executor)}: a pipeline only waits for its steps; give the executor to those`,
  )
}

function argsOf(validated: unknown): readonly unknown[] {
  return Array.isArray(validated) ? validated : [validated]
}
