import { Call } from "./call.ts"
import type { AnyTaskDefinition, EventMap, TaskCall, TaskDefinition, TaskOptions } from "./definition.ts"
import { changedBy } from "./changed-settings.ts"
import { register } from "./registry.ts"
import type { TaskSettings } from "./settings.ts"
import { show } from "../failure/show.ts"
import { checkSettings } from "./check-settings.ts"

/** The phantom type parameter of a definition's own events: `events<{ chunk: Uint8Array }>()`. Nothing at run time. */
export function events<Map extends { [Name in keyof Map]: unknown }>(): {
  readonly __events?: { [Name in keyof Map]: Map[Name] }
} {
  return {}
}

/**
 * Makes a named, typed task.
 *
 * @throws TypeError or RangeError for a setting that cannot be used, naming it and its value.
 * @example
 * export const thumbnail = defineTask({
 *   name: "thumbnail",
 *   module: import.meta.url,
 *   executor: "thread",
 *   retry: { maxAttempts: 3 },
 *   run: async (ctx, image: Uint8Array, width: number) => {
 *     ctx.setMessage(`to ${width} pixels`)
 *     return image.slice(0, width)
 *   },
 * })
 * const call = thumbnail(new Uint8Array(10), 5)
 */
export function defineTask<
  const Name extends string,
  Args extends readonly unknown[],
  Output,
  // oxlint-disable-next-line typescript/no-empty-object-type -- no events: no name is accepted
  Events extends EventMap = {},
>(options: TaskOptions<Name, Args, Output, Events>): TaskDefinition<Name, Args, Awaited<Output>, Events> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot define a task: its options must be an object, current value is ${show(options)}`)
  }
  const { name, module, events: _events, input, output, run, ...settings } = options
  if (typeof name !== "string" || name.trim() === "") {
    throw new TypeError(
      `Cannot define a task: its name must be a text that is not empty, current value is ${show(name)}`,
    )
  }
  if (typeof run !== "function") {
    throw new TypeError(
      `Cannot define task ${JSON.stringify(name)}: "run" must be a function, current value is ${typeof run}`,
    )
  }
  checkSchema(input, "input", name)
  checkSchema(output, "output", name)
  if (module !== undefined && !URL.canParse(module)) {
    throw new TypeError(
      `Cannot define task ${JSON.stringify(name)}: "module" must be the URL of the file that exports it, as import.meta.url is, current value is ${show(module)}`,
    )
  }
  checkSettings(settings, `Cannot define task ${JSON.stringify(name)}`)
  const shared = { taskName: name, module: module === undefined ? undefined : String(module), input, output, body: run }
  const definition = make(shared as unknown as Omit<AnyTaskDefinition, "settings">, changedBy({}, settings))
  register(definition)
  return definition as unknown as TaskDefinition<Name, Args, Awaited<Output>, Events>
}

function checkSchema(schema: unknown, side: string, name: string): void {
  if (schema === undefined) return
  const isObject = (typeof schema === "object" || typeof schema === "function") && schema !== null
  const standard = isObject ? (schema as { "~standard"?: { validate?: unknown } })["~standard"] : undefined
  if (typeof standard?.validate === "function") return
  throw new TypeError(
    `Cannot define task ${JSON.stringify(name)}: "${side}" must be a Standard Schema, as those of zod, valibot, arktype and effect are, current value is ${show(schema)}`,
  )
}

function make(shared: Omit<AnyTaskDefinition, "settings">, settings: TaskSettings): AnyTaskDefinition {
  const definition = Object.assign(
    (...args: unknown[]) => new Call(definition, args, settings) as TaskCall<unknown>,
    shared,
    {
      settings,
      with: (more: TaskSettings) => {
        checkSettings(more, `Cannot change task ${JSON.stringify(shared.taskName)}`)
        return make(shared, changedBy(settings, more))
      },
    },
  )
  Object.defineProperty(definition, "name", { value: shared.taskName, configurable: true })
  return definition
}
