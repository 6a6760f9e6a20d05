import type { AnyTaskDefinition } from "../../../runtime/definition/definition.ts"
import { registeredDefinition, registeredNames } from "../../../runtime/definition/registry.ts"
import { type FromWorker, fromWorker } from "../worker/envelopes.ts"

/**
 * What bundlers do to modules. A page and its workers are bundled apart, so that the two sides know one definition by different
 * addresses; a bundle may hold the page's own code as well, which no worker can import; and exports that nobody in the bundle
 * imports are gone. The way through: the set-up module of the workers is a bundle of the tasks' modules, and what it defines is
 * known by its name alone.
 */
export class PreparedDefinitions {
  #names: ReadonlySet<string> = new Set()
  readonly #imported = new Set<string>()

  /** The set-up module has been imported: all that is defined by now came with it. */
  prepared(): void {
    this.#names = new Set(registeredNames())
  }

  imported(module: string): void {
    this.#imported.add(module)
  }

  /** What needs no import, or has been imported and is not among the exports. */
  find(name: string, module: string): AnyTaskDefinition | undefined {
    const definition = registeredDefinition(name)
    if (this.#names.has(name)) return definition
    return this.#imported.has(module) && definition?.module === module ? definition : undefined
  }
}

/** In the page: child tasks by the addresses that the page knows. */
export function withAddressesOfPage(batch: readonly FromWorker[]): readonly FromWorker[] {
  if (!batch.some(([kind]) => kind === fromWorker.runChild)) return batch
  return batch.map((envelope) => {
    if (envelope[0] !== fromWorker.runChild) return envelope
    const [kind, ticket, progress, child, call] = envelope
    const module = registeredDefinition(call.name)?.module ?? call.module
    return [kind, ticket, progress, child, { ...call, module }]
  })
}
