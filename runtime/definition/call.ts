import { show } from "../failure/show.ts"
import type { AnyTaskCall, AnyTaskDefinition, TaskCall } from "./definition.ts"
import { changedBy } from "./changed-settings.ts"
import type { TaskSettings } from "./settings.ts"
import { registeredDefinition } from "./registry.ts"

// A symbol that two copies of this module in one program (sources beside a build, two loaders) have in common.
const itsDefinition = Symbol.for("tasktor.definition")

/**
 * A definition applied to its arguments. Its definition rides along for the supervisor of this program; the fields are plain
 * data, and are all that crosses to another one.
 */
export class Call implements TaskCall<never> {
  readonly taskName: string
  readonly args: readonly unknown[]
  readonly settings: TaskSettings
  readonly [itsDefinition]: AnyTaskDefinition

  constructor(definition: AnyTaskDefinition, args: readonly unknown[], settings: TaskSettings) {
    this[itsDefinition] = definition
    this.taskName = definition.taskName
    this.args = args
    this.settings = settings
  }

  with(settings: TaskSettings): TaskCall<never> {
    return new Call(this[itsDefinition], this.args, changedBy(this.settings, settings))
  }
}

/**
 * The definition behind a call.
 *
 * @throws TypeError when `call` is no call, or names a task that this program has not defined.
 */
export function definitionOf(call: TaskCall<unknown> | AnyTaskCall): AnyTaskDefinition {
  if (typeof call === "function") {
    const { taskName } = call as { taskName?: string }
    throw new TypeError(
      taskName === undefined
        ? "Cannot run a function: it is not a task call; give it to addCoroutine(fn, args), or make a task of it with defineTask"
        : `Cannot run ${JSON.stringify(taskName)}: it is a definition, not a call; apply it to its arguments first, as in run(task(1, 2))`,
    )
  }
  if (!isCall(call)) {
    throw new TypeError(
      `Cannot run ${show(call)}: it is not a task call; make one with defineTask, as in run(task(1, 2))`,
    )
  }
  const own = (call as Partial<Call>)[itsDefinition]
  if (own !== undefined) return own
  const registered = registeredDefinition(call.taskName)
  if (registered !== undefined) return registered
  throw new TypeError(
    `Cannot run task ${JSON.stringify(call.taskName)}: no definition of that name has been made in this program; import its module first`,
  )
}

/** Whether it has the shape of a call, made here or come from elsewhere. */
export function isCall(value: unknown): value is AnyTaskCall {
  if (typeof value !== "object" || value === null) return false
  const { taskName, args, settings } = value as Partial<AnyTaskCall>
  return typeof taskName === "string" && Array.isArray(args) && typeof settings === "object" && settings !== null
}
