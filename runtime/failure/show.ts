import { describeValue } from "./codec/as-error.ts"

const longest = 200

/** A value as an error message shows it: texts in quotes, objects as JSON. Never throws, whatever it is. */
export function show(value: unknown): string {
  if (typeof value !== "string" && (typeof value !== "object" || value === null)) return describeValue(value)
  try {
    const text = JSON.stringify(value) ?? describeValue(value)
    return text.length > longest ? `${text.slice(0, longest)}…` : text
  } catch {
    return describeValue(value)
  }
}
