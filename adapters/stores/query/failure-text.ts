import type { EncodedFailure, EncodedSnapshot } from "../../../runtime/failure/codec/failure-codec.ts"

/** What a search looks through of a task's latest failure: the error's message, or how else it failed. */
export function failureText({ failures, outcome }: EncodedSnapshot): string | undefined {
  const failure = outcome?.status === "failed" ? outcome.failure : failures.at(-1)
  return failure === undefined ? undefined : textOf(failure)
}

function textOf(failure: EncodedFailure): string {
  if ("error" in failure) return failure.error.message
  return failure.type === "validation" ? failure.issues.join("\n") : failure.type
}
