import type { AnyTaskCall, EventMap } from "../definition/definition.ts"
import { durationMs, type DurationInput } from "../definition/duration.ts"
import { TaskCancelledError, TaskFailedError, TaskTimeoutError } from "../failure/errors.ts"
import { show } from "../failure/show.ts"
import type { Outcome } from "../../machines/task/outcome.ts"
import { checkListener } from "../task/check-listener.ts"
import { checkReason } from "../task/check-reason.ts"
import type { ChildHandle } from "../task/handle.ts"
import type { ChildLink } from "./link.ts"

/** A child task as its parent's body sees it, over the link that leads to it. */
export function childHandle<Output, Events extends EventMap>(child: ChildLink): ChildHandle<Output, Events> {
  return {
    get id() {
      return child.id
    },
    outcome: () => child.outcome() as Promise<Outcome<Output>>,
    result: (options) => {
      const result = resultOf<Output>(child, options?.timeout)
      // A body that has not come to it yet, or never will, must not end the program: what becomes of a child is told in its parent's tree.
      result.catch(() => {})
      return result
    },
    cancel: (reason) => {
      checkReason(`child task ${child.id}`, reason)
      return child.cancel(reason)
    },
    on: (name, listener) => {
      if (typeof name !== "string") {
        throw new TypeError(`Cannot listen: the event's name must be a text, current value is ${show(name)}`)
      }
      checkListener(listener)
      return child.on(name, listener as (data: unknown) => void | Promise<void>)
    },
  }
}

async function resultOf<Output>(child: ChildLink, timeout: DurationInput | undefined): Promise<Output> {
  const timeoutMs = timeoutOf(timeout)
  const outcome = await child.outcome(timeoutMs)
  if (outcome === undefined) throw new TaskTimeoutError(child.id, timeoutMs ?? 0)
  return unwrap(child.id, outcome as Outcome<Output>)
}

/** What a body that has ended gets where it still runs a child. */
export function parentHasEnded({ taskName }: AnyTaskCall, parent: string): TypeError {
  return new TypeError(
    `Cannot run child task ${JSON.stringify(taskName)}: its parent ${parent} has ended; wait for the children before the body returns`,
  )
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

/** What a wait with a limit needs of its task. */
interface Awaited {
  readonly id: string
  whenSettledOrLeft(callback: (outcome: Outcome<unknown>) => void): () => void
  timer(ms: number, callback: () => void): () => void
}

/** The result of a task, if it comes within `timeout`. A wait that is over leaves nothing at the task, which may live for long. */
export async function resultWithin(task: Awaited, timeout: DurationInput): Promise<unknown> {
  const afterMs = timeoutOf(timeout) ?? Number.POSITIVE_INFINITY
  const outcome = await new Promise<Outcome<unknown> | undefined>((resolve) => {
    const endTimer = task.timer(afterMs, () => {
      leave()
      resolve(undefined)
    })
    const leave = task.whenSettledOrLeft((end) => {
      endTimer()
      resolve(end)
    })
  })
  if (outcome === undefined) throw new TaskTimeoutError(task.id, afterMs)
  return unwrap(task.id, outcome)
}

function timeoutOf(timeout: DurationInput | undefined): number | undefined {
  return timeout === undefined ? undefined : durationMs(timeout, "the timeout of result()")
}
