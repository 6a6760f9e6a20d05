/** The statechart of some actors, as JSON text, and how often it is needed. */
export interface Definition {
  readonly id: number
  /** The configuration as JSON text, written as JSON once more: what stands in a frame. */
  readonly json: string
  uses: number
}

/** Keeps each distinct definition once: a hundred thousand tasks have the same one, of 3 KB. */
export class Definitions {
  readonly #byConfig = new WeakMap<object, string>()
  readonly #byText = new Map<string, Definition>()
  #last = 0

  /** Of an actor's logic; `name` stands for one that has no configuration. */
  of(config: unknown, name: string): Definition {
    const text = typeof config === "object" && config !== null ? this.#textOf(config) : JSON.stringify({ id: name })
    let definition = this.#byText.get(text)
    if (definition === undefined) {
      definition = { id: ++this.#last, json: JSON.stringify(text), uses: 0 }
      this.#byText.set(text, definition)
    }
    return definition
  }

  /** A frame that has it is kept. */
  use(definition: Definition): void {
    definition.uses++
  }

  /** A frame that had it is gone. */
  release(definition: Definition): void {
    definition.uses--
    if (definition.uses === 0) this.#byText.delete(JSON.parse(definition.json) as string)
  }

  get size(): number {
    return this.#byText.size
  }

  #textOf(config: object): string {
    const known = this.#byConfig.get(config)
    if (known !== undefined) return known
    const text = write(config)
    this.#byConfig.set(config, text)
    return text
  }
}

/** Functions by their names, as Stately's inspector has them. Cycles, and what throws, cost the chart and nothing else. */
function write(config: object): string {
  try {
    return JSON.stringify(config, (_name, value: unknown) => {
      if (typeof value === "function") return { type: value.name }
      return typeof value === "bigint" ? `${value}n` : value
    })
  } catch {
    return JSON.stringify({ id: "id" in config && typeof config.id === "string" ? config.id : "actor" })
  }
}
