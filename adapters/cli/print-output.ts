import { inspect } from "node:util"

/**
 * What stdout gets of a completed task: a text as it is, bytes as they are (on a terminal: described), plain data as JSON, whatever
 * JSON cannot carry as Node shows it; nothing for `undefined`.
 */
export function printable(output: unknown, isTTY: boolean): string | Uint8Array {
  if (output === undefined) return ""
  if (typeof output === "string") return output.endsWith("\n") ? output : `${output}\n`
  if (output instanceof Uint8Array && !isTTY) return output
  return `${isPlainData(output) ? JSON.stringify(output, null, 2) : inspect(output, { depth: 10, colors: isTTY })}\n`
}

// Before modules are imported, whose prints go elsewhere, and which may put functions of their own here.
const ownWrite = process.stdout.write.bind(process.stdout)
const ownWriteOfStderr = process.stderr.write.bind(process.stderr)

/** A part of the answer, as soon as it is known. */
export function printNow(text: string): void {
  ownWrite(text)
}

/** Resolves when stdout has it. */
export function print(text: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    ownWrite(text, () => resolve())
  })
}

/** Resolves when the reader of each stream has all that was written, or has gone: the process may exit then. A pipe holds 64 KiB at most. */
export async function allPrinted(): Promise<void> {
  const stderrHas = new Promise((resolve) => {
    ownWriteOfStderr("", resolve)
  })
  await Promise.all([print(""), stderrHas])
}

/** Whether JSON carries all of it: no class, no cycle, no number that JSON lacks. */
function isPlainData(value: unknown, above: readonly unknown[] = []): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true
  if (typeof value === "number") return Number.isFinite(value)
  if (typeof value !== "object" || above.includes(value) || above.length > 50) return false
  const inside = [...above, value]
  if (Array.isArray(value)) return value.every((item) => isPlainData(item, inside))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.values(value).every((item) => item === undefined || isPlainData(item, inside))
}
