import type { TaskFailure } from "../../machines/task/outcome.ts"
import type { StandardSchema } from "./definition.ts"

export type Validated = { readonly output: unknown } | { readonly failure: TaskFailure }

/** Source of the shape: https://standardschema.dev, version 1. */
interface SchemaResult {
  readonly value?: unknown
  readonly issues?: readonly SchemaIssue[] | undefined
}

interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Checks a value against a definition's schema; what the schema makes of it is what counts. Never throws, never rejects. */
export function validate(
  schema: StandardSchema<unknown>,
  value: unknown,
  side: "input" | "output",
): Validated | Promise<Validated> {
  const judge = (result: unknown): Validated => {
    const { issues, value: made } = result as SchemaResult
    return issues === undefined
      ? { output: made }
      : { failure: { type: "validation", side, issues: issues.map(describe) } }
  }
  const broken = (error: unknown): Validated => ({
    failure: { type: "validation", side, issues: [`the schema itself threw: ${String(error)}`] },
  })
  try {
    const result = schema["~standard"].validate(value)
    return isThenable(result) ? Promise.resolve(result).then(judge).catch(broken) : judge(result)
  } catch (error) {
    return broken(error)
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"
}

function describe({ message, path }: SchemaIssue): string {
  if (path === undefined || path.length === 0) return message
  const steps = path.map((step) => String(typeof step === "object" ? step.key : step))
  return `${steps.join(".")}: ${message}`
}
