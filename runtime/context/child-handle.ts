import type { EventMap } from "../definition/definition.ts"
import { durationMs, type DurationInput } from "../definition/duration.ts"
import { TaskCancelledError, TaskFailedError, TaskTimeoutError } from "../failure/errors.ts"
import type { Outcome } from "../../machines/task/outcome.ts"
import type { ChildHandle } from "../task/handle.ts"
import type { BodyLink, ChildLink } from "./link.ts"

/** A child task as its parent's body sees it, over the link that leads to it. */
export function childHandle<Output, Events extends EventMap>(
  child: ChildLink,
  timer: BodyLink["timer"],
): ChildHandle<Output, Events> {
  const outcome = (): Promise<Outcome<Output>> => child.outcome() as Promise<Outcome<Output>>
  return {
    id: child.id,
    outcome,
    result: (options) => resultOf(child.id, outcome(), options?.timeout, timer),
    cancel: (reason) => child.cancel(reason),
    on: (name, listener) => child.on(name, listener as (data: unknown) => void | Promise<void>),
  }
}

/** The output of an outcome, or the rejection that stands for it. */
export function unwrap<Output>(id: string, outcome: Outcome<Output>): Output {
  switch (outcome.status) {
    case "completed":
      return outcome.output
    case "failed":
      throw new TaskFailedError(id, outcome.failure)
    case "cancelled":
      throw new TaskCancelledError(id, outcome.reason)
  }
}

/** The result of a task, if it comes within `timeout`. */
export async function resultOf<Output>(
  id: string,
  outcome: Promise<Outcome<Output>>,
  timeout: DurationInput | undefined,
  timer: BodyLink["timer"],
): Promise<Output> {
  if (timeout === undefined) return unwrap(id, await outcome)
  const afterMs = durationMs(timeout, "the timeout of result()")
  const late = Promise.withResolvers<never>()
  const end = timer(afterMs, () => late.reject(new TaskTimeoutError(id, afterMs)))
  try {
    return unwrap(id, await Promise.race([outcome, late.promise]))
  } finally {
    end()
  }
}
