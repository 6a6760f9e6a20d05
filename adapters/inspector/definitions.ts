import { PlainValue, type Sanitize } from "./plain-value.ts"

// A chart that is larger than this nobody reads, and no page draws.
const longest = 256 * 1024
const limits = { deepest: 100, longestText: 4000, mostMembers: 10_000, mostCharacters: 4 * longest }

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
  readonly #plain: PlainValue

  constructor(sanitize: Sanitize | undefined) {
    this.#plain = new PlainValue(sanitize, limits)
  }

  /** Of an actor's logic; `name` stands for one that has no configuration. */
  of(config: unknown, name: string): Definition {
    const text = typeof config === "object" && config !== null ? this.#textOf(config) : this.#nameOnly(name)
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

  #textOf(config: object): string {
    const known = this.#byConfig.get(config)
    if (known !== undefined) return known
    const text = this.#write(config)
    this.#byConfig.set(config, text)
    return text
  }

  /** Without the machine context that it begins with: snapshots have that. What cannot be written costs the chart and nothing else. */
  #write(config: object): string {
    try {
      const statechart = Object.entries(config).filter(([name]) => name !== "context")
      const text = JSON.stringify(this.#plain.of(Object.fromEntries(statechart))) ?? ""
      if (text !== "" && text.length <= longest) return text
    } catch {
      // What throws when it is read.
    }
    return this.#nameOnly("id" in config && typeof config.id === "string" ? config.id : "actor")
  }

  #nameOnly(id: string): string {
    return JSON.stringify(this.#plain.of({ id })) ?? "{}"
  }
}
