import type { AnyTaskDefinition } from "./definition.ts"

/**
 * All definitions that this program has made, by name; the latest of a name wins, as after a hot reload. It serves the calls
 * that come from elsewhere as plain data, and `inspect.registered()`.
 */
const definitions = ((globalThis as { [key: symbol]: Map<string, AnyTaskDefinition> | undefined })[
  // Shared by all copies of this module in one program: sources beside a build, two loaders.
  Symbol.for("tasktor.definitions")
] ??= new Map())

/** Those who wait for definitions that nobody has made yet. */
const waiting = ((globalThis as { [key: symbol]: Set<() => void> | undefined })[
  Symbol.for("tasktor.definitions.waiting")
] ??= new Set())

export function register(definition: AnyTaskDefinition): void {
  definitions.set(definition.taskName, definition)
  for (const look of [...waiting]) look()
}

/** Calls back with each definition that is made. Returns what ends it. */
export function whenRegistered(look: () => void): () => void {
  waiting.add(look)
  return () => void waiting.delete(look)
}

export function registeredDefinition(name: string): AnyTaskDefinition | undefined {
  return definitions.get(name)
}

export function registeredNames(): readonly string[] {
  return [...definitions.keys()].toSorted((a, b) => a.localeCompare(b))
}

/**
 * The definition that a call from a worker means: the one of that name and module, whose module is imported when this program
 * has not done so yet.
 *
 * @throws TypeError (or rejects with the module's own error) when there is none.
 */
export function findDefinition(
  name: string,
  module: string | undefined,
): AnyTaskDefinition | Promise<AnyTaskDefinition> {
  const known = definitions.get(name)
  if (known !== undefined && known.module === module) return known
  if (module !== undefined) return importDefinition(name, module)
  throw new TypeError(`Cannot run task ${JSON.stringify(name)}: this program has no definition of that name`)
}

export async function importDefinition(name: string, module: string): Promise<AnyTaskDefinition> {
  await import(/* webpackIgnore: true */ /* @vite-ignore */ module)
  const made = definitions.get(name)
  if (made?.module === module) return made
  throw new TypeError(`Cannot run task ${JSON.stringify(name)}: its module ${module} does not define it`)
}
