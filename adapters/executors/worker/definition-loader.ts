import type { AnyTaskDefinition } from "../../../runtime/definition/definition.ts"
import { asError } from "../../../runtime/failure/codec/as-error.ts"
import { whileImporting } from "./import-guard.ts"
import { MeanTime } from "./mean-time.ts"
import type { WorkerChannel } from "./worker-channel.ts"

type Module = Readonly<Record<string, unknown>>

/** A definition that cannot be had, and why; kept, so that the second task of its kind fails as fast as a good one runs. */
export class Unloadable {
  readonly error: Error

  constructor(error: Error) {
    this.error = error
  }
}

/** A definition that is here, and how long its bodies take. */
export class Runnable {
  readonly definition: AnyTaskDefinition
  readonly time = new MeanTime()
  /** A body of it has begun in this worker. */
  begun = false

  constructor(definition: AnyTaskDefinition) {
    this.definition = definition
  }
}

type Loaded = Runnable | Unloadable

/** The definitions that this worker has been told of, by number; each is imported when it is first wanted. */
export class DefinitionLoader {
  readonly #channel: Pick<WorkerChannel, "import" | "find">
  readonly #told: { readonly name: string; readonly module: string }[] = []
  readonly #loaded: (Loaded | Promise<Loaded> | undefined)[] = []

  constructor(channel: Pick<WorkerChannel, "import" | "find">) {
    this.#channel = channel
  }

  define(index: number, name: string, module: string): void {
    this.#told[index] = { name, module }
  }

  /** At once for a definition that has been loaded. Never rejects. */
  get(index: number): Loaded | Promise<Loaded> {
    return (this.#loaded[index] ??= this.#load(index))
  }

  hasBegun(index: number): boolean {
    const loaded = this.#loaded[index]
    return loaded instanceof Runnable && loaded.begun
  }

  async #load(index: number): Promise<Loaded> {
    const told = this.#told[index]
    if (told === undefined) return new Unloadable(new Error(`Cannot load definition ${index}: nobody told its name`))
    const found = await this.#find(told.name, told.module)
    const loaded = found instanceof Unloadable ? found : new Runnable(found)
    this.#loaded[index] = loaded
    return loaded
  }

  async #find(name: string, module: string): Promise<AnyTaskDefinition | Unloadable> {
    const here = this.#channel.find?.(name, module)
    if (here !== undefined) return here
    const task = JSON.stringify(name)
    let exported: Module
    try {
      exported = await whileImporting(() => this.#channel.import(module))
    } catch (thrown) {
      const cause = asError(thrown)
      return new Unloadable(
        new Error(`Cannot load task ${task}: its module ${module} failed to load: ${cause.message}`, { cause }),
      )
    }
    const definition = findExport(exported, name) ?? this.#channel.find?.(name, module)
    if (definition !== undefined) return definition
    const names = Object.keys(exported)
    return new Unloadable(
      new TypeError(
        `Cannot load task ${task}: its module ${module} does not export a definition of that name (its exports: ${names.join(", ") || "none"}); add "export" to it, and give defineTask that module's own import.meta.url`,
      ),
    )
  }
}

/** Among the exports, and one level down, so that `export default { a, b }` works too. */
function findExport(exported: Module, name: string): AnyTaskDefinition | undefined {
  for (const value of Object.values(exported)) {
    if (isDefinition(value, name)) return value
  }
  for (const value of Object.values(exported)) {
    if (typeof value !== "object" || value === null) continue
    for (const inner of Object.values(value)) {
      if (isDefinition(inner, name)) return inner
    }
  }
  return undefined
}

function isDefinition(value: unknown, name: string): value is AnyTaskDefinition {
  return typeof value === "function" && (value as { taskName?: unknown }).taskName === name && "body" in value
}
