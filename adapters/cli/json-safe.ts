/** Nested deeper than this is cut off: JSON of such a depth breaks its readers. */
const deepest = 100

/**
 * A value that `JSON.stringify` takes as it is, whatever was given: errors with name, message, stack, cause and own properties,
 * bytes as base64, maps, sets, bigints and dates readable, cycles and what throws when it is read marked in words.
 */
export function jsonSafe(value: unknown): unknown {
  return convert(value, [])
}

function convert(value: unknown, above: readonly object[]): unknown {
  switch (typeof value) {
    case "string":
      return value.toWellFormed()
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
      return `[function ${value.name || "without a name"}]`
    case "object":
      if (value === null) return null
      if (above.includes(value)) return "[circular]"
      if (above.length === deepest) return "[nested too deeply]"
      try {
        return convertObject(value, [...above, value])
      } catch (error) {
        return unreadable(error)
      }
  }
}

function convertObject(value: object, above: readonly object[]): unknown {
  if (value instanceof Error) return convertError(value, above)
  if (Array.isArray(value)) return value.map((item) => convert(item, above))
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString()
  if (value instanceof Map) {
    return { type: "Map", entries: [...value].map(([key, item]) => [convert(key, above), convert(item, above)]) }
  }
  if (value instanceof Set) return { type: "Set", values: [...value].map((item) => convert(item, above)) }
  if (value instanceof RegExp || value instanceof URL) return String(value)
  const bytes = bytesOf(value)
  if (bytes !== undefined) return { type: value.constructor.name, base64: bytes.toString("base64") }
  if ("toJSON" in value && typeof value.toJSON === "function") return convert(value.toJSON(), above)
  return convertProperties(value, above)
}

function convertError(error: Error, above: readonly object[]): unknown {
  return {
    name: convert(error.name, above),
    message: convert(error.message, above),
    stack: convert(error.stack, above),
    ...("cause" in error ? { cause: convert(error.cause, above) } : {}),
    ...convertProperties(error, above),
  }
}

function convertProperties(value: object, above: readonly object[]): Record<string, unknown> {
  const properties: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    // one property that throws does not cost the others
    const safe = read(() => convert((value as Record<string, unknown>)[name], above))
    Object.defineProperty(properties, name, { value: safe, enumerable: true })
  }
  return properties
}

function read(get: () => unknown): unknown {
  try {
    return get()
  } catch (error) {
    return unreadable(error)
  }
}

function bytesOf(value: object): Buffer | undefined {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return Buffer.from(value)
  return undefined
}

function unreadable(error: unknown): string {
  return `[cannot be read: ${error instanceof Error ? error.message : typeof error}]`
}
