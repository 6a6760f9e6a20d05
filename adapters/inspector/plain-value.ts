/**
 * Called with each property of what is recorded, before it is: give back what may be seen in its place.
 *
 * @param name The property's name; of an array's member, the name of the array.
 */
export type Sanitize = (name: string, value: unknown) => unknown

/** How much of a value is kept. */
export interface PlainLimits {
  readonly deepest: number
  readonly longestText: number
  readonly mostMembers: number
  readonly mostCharacters: number
}

// What a person reads in one place is less than this; a task's output may be a film.
const ofValues: PlainLimits = { deepest: 10, longestText: 4000, mostMembers: 200, mostCharacters: 100_000 }

export const tooMuch = "[left out: there is too much]"
const shortText = 100
const shortList = 10

/**
 * A value as plain data for JSON, whatever was given: errors, maps, sets, bigints and dates are readable, bytes are summed up, what is
 * deep, long or goes in a circle is cut short in words, and what throws when it is read does so in words too. Functions become
 * `{ type: name }`, as Stately's inspector has them.
 */
export class PlainValue {
  readonly #sanitize: Sanitize | undefined
  readonly #limits: PlainLimits
  #left = 0
  readonly #above: object[] = []

  constructor(sanitize: Sanitize | undefined, limits = ofValues) {
    this.#sanitize = sanitize
    this.#limits = limits
  }

  of(value: unknown): unknown {
    this.#left = this.#limits.mostCharacters
    return this.#convert("", value)
  }

  #convert(name: string, value: unknown): unknown {
    return this.#plain(name, this.#clean(name, value))
  }

  #plain(name: string, value: unknown): unknown {
    if (this.#left <= 0 && !isShort(value)) return tooMuch
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
    const longest = Math.min(this.#limits.longestText, Math.max(this.#left, shortText))
    const kept = text.length > longest ? `${text.slice(0, longest)}… [${text.length} characters]` : text
    this.#left -= kept.length
    return kept.toWellFormed()
  }

  #guarded(name: string, value: object): unknown {
    if (this.#above.includes(value)) return "[circular]"
    if (this.#above.length === this.#limits.deepest) return Array.isArray(value) ? "[Array]" : "[Object]"
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
    const { mostMembers } = this.#limits
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

  /** What is short comes first, and what is large leaves something to the next: the one film does not cost the dates beside it. */
  #properties(value: object): Record<string, unknown> {
    const properties: Record<string, unknown> = {}
    // One that is called __proto__ is one.
    const put = (name: string, plain: unknown): unknown =>
      Object.defineProperty(properties, name, { value: plain, enumerable: true, configurable: true })
    const { mostMembers } = this.#limits
    const names = Object.keys(value)
    const large: (readonly [name: string, value: unknown])[] = []
    for (const name of names.slice(0, mostMembers)) {
      this.#left -= name.length
      // One property that throws does not cost the others.
      try {
        const part = this.#clean(name, (value as Record<string, unknown>)[name])
        const isLater = !isShort(part)
        // Its place is here all the same.
        put(name, isLater ? undefined : this.#plain(name, part))
        if (isLater) large.push([name, part])
      } catch (error) {
        put(name, unreadable(error))
      }
    }
    for (const [name, part] of large) put(name, this.#sharing(name, part))
    if (names.length > mostMembers) put("…", `[and ${names.length - mostMembers} more]`)
    return properties
  }

  #sharing(name: string, value: unknown): unknown {
    const forOthers = Math.max(this.#left, 0) >> 3
    this.#left -= forOthers
    try {
      return this.#plain(name, value)
    } finally {
      this.#left += forOthers
    }
  }
}

/** What is kept however little room there is: no object, no long text, and of lists only short ones of such. */
export function isShort(value: unknown): boolean {
  if (Array.isArray(value)) return value.length <= shortList && value.every((member) => isShortScalar(member))
  return isShortScalar(value)
}

function isShortScalar(value: unknown): boolean {
  if (typeof value === "string") return value.length <= shortText
  return typeof value !== "object" || value === null
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function unreadable(error: unknown): string {
  return `[cannot be read: ${error instanceof Error ? error.message : typeof error}]`
}
