/**
 * Called with each property of what is recorded, before it is: give back what may be seen in its place.
 *
 * @param name The property's name; of an array's member, the name of the array.
 */
export type Sanitize = (name: string, value: unknown) => unknown

// What a person reads in one place is less than this; a task's output may be a film.
const deepest = 10
const longestText = 4000
const mostMembers = 200
const mostCharacters = 100_000

/**
 * A value as plain data for JSON, whatever was given: errors, maps, sets, bigints and dates are readable, bytes are summed up, what is
 * deep, long or goes in a circle is cut short in words, and what throws when it is read does so in words too. Functions become
 * `{ type: name }`, as Stately's inspector has them.
 */
export class PlainValue {
  readonly #sanitize: Sanitize | undefined
  #left = 0
  readonly #above: object[] = []

  constructor(sanitize: Sanitize | undefined) {
    this.#sanitize = sanitize
  }

  of(value: unknown): unknown {
    this.#left = mostCharacters
    return this.#convert("", value)
  }

  #convert(name: string, given: unknown): unknown {
    const value = this.#clean(name, given)
    if (this.#left <= 0) return "[left out: there is too much]"
    this.#left -= 8
    switch (typeof value) {
      case "string":
        return this.#text(value)
      case "boolean":
      case "undefined":
        return value
      case "number":
        return Number.isFinite(value) ? value : String(value)
      case "bigint":
        return `${value}n`
      case "symbol":
        return String(value)
      case "function":
        return { type: value.name }
      case "object":
        if (value === null) return null
        return this.#guarded(name, value)
    }
  }

  #clean(name: string, value: unknown): unknown {
    if (this.#sanitize === undefined) return value
    try {
      return this.#sanitize(name, value)
    } catch {
      // What may be a secret is not shown because the one who keeps it has stumbled.
      return "[left out: sanitize threw]"
    }
  }

  #text(text: string): string {
    const kept = text.length > longestText ? `${text.slice(0, longestText)}… [${text.length} characters]` : text
    this.#left -= kept.length
    return kept.toWellFormed()
  }

  #guarded(name: string, value: object): unknown {
    if (this.#above.includes(value)) return "[circular]"
    if (this.#above.length === deepest) return Array.isArray(value) ? "[Array]" : "[Object]"
    this.#above.push(value)
    try {
      return this.#object(name, value)
    } catch (error) {
      return unreadable(error)
    } finally {
      this.#above.pop()
    }
  }

  #object(name: string, value: object): unknown {
    if (Array.isArray(value)) return this.#list(name, value, value.length)
    if (value instanceof Error) return this.#error(value)
    if (value instanceof Map) return { type: "Map", entries: this.#list(name, value, value.size) }
    if (value instanceof Set) return { type: "Set", values: this.#list(name, value, value.size) }
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer)
      return `[${value.constructor.name} of ${value.byteLength} bytes]`
    if (value instanceof RegExp || value instanceof URL) return String(value)
    if (value instanceof Promise) return "[Promise]"
    if ("toJSON" in value && typeof value.toJSON === "function") {
      const json: unknown = value.toJSON()
      // It stands for the value itself, and may be that.
      return isRecord(json) ? this.#properties(json) : this.#convert(name, json)
    }
    return this.#properties(value)
  }

  #list(name: string, members: Iterable<unknown>, length: number): unknown[] {
    const list: unknown[] = []
    for (const member of members) {
      if (list.length === mostMembers) {
        list.push(`[and ${length - mostMembers} more]`)
        break
      }
      list.push(this.#convert(name, member))
    }
    return list
  }

  #error(error: Error): unknown {
    const { name, message, stack } = error
    return {
      name: this.#convert("name", name),
      message: this.#convert("message", message),
      stack: this.#convert("stack", stack),
      ...("cause" in error ? { cause: this.#convert("cause", error.cause) } : {}),
      ...this.#properties(error),
    }
  }

  #properties(value: object): Record<string, unknown> {
    const properties: Record<string, unknown> = {}
    let count = 0
    for (const name of Object.keys(value)) {
      if (++count > mostMembers) {
        properties["…"] = `[and ${Object.keys(value).length - mostMembers} more]`
        break
      }
      this.#left -= name.length
      // One property that throws does not cost the others, and one that is called __proto__ is one.
      Object.defineProperty(properties, name, { value: this.#read(name, value), enumerable: true })
    }
    return properties
  }

  #read(name: string, value: object): unknown {
    try {
      return this.#convert(name, (value as Record<string, unknown>)[name])
    } catch (error) {
      return unreadable(error)
    }
  }
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function unreadable(error: unknown): string {
  return `[cannot be read: ${error instanceof Error ? error.message : typeof error}]`
}
