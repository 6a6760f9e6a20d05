import { useCallback, useInsertionEffect, useRef, useState } from "react"
import type { Outcome } from "../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { EventMap, TaskCall } from "../../runtime/definition/definition.ts"
import type { AnySupervisor } from "../../runtime/supervisor/view.ts"
import type { TaskHandle } from "../../runtime/task/handle.ts"
import type { CancelReceipt } from "../../runtime/task/receipt.ts"
import type { RunOptions } from "../../runtime/task/run-options.ts"
import { useLatest } from "./use-latest.ts"
import { useSupervisor } from "./use-supervisor.ts"
import { useTask } from "./use-task.ts"
import { useUnmount } from "./use-unmount.ts"

const unmounted = "its component was unmounted"

/** Options of each run, and of what comes of it when the component goes. */
export interface UseRunOptions<Events extends EventMap = EventMap, Output = unknown> extends RunOptions<
  Events,
  Output
> {
  /**
   * What an unmount means for what the component has started, or starts afterwards: `"keep"` lets it go on, `"cancel"` cancels it. Default
   * `"keep"`: a task is work that somebody asked for, as a mutation is.
   */
  readonly onUnmount?: "keep" | "cancel" | undefined
}

/** The latest run that the component has started, as it is now, and how to start one. */
export interface Run<Args extends readonly unknown[], Output, Events extends EventMap> {
  /** Submits the task, and gives its handle. The same function in each rendering. */
  readonly run: (...args: Args) => TaskHandle<Output, Events>
  /** Cancels the latest run; "unknown" when there is none. */
  readonly cancel: (reason?: string) => Promise<CancelReceipt>
  /** Of the latest run; undefined before the first one. */
  readonly handle: TaskHandle<Output, Events> | undefined
  readonly task: TaskSnapshot<Output> | undefined
  /** The latest run has not settled. */
  readonly pending: boolean
  /** 0 to 1. */
  readonly progress: number
  /** How the latest run has ended; undefined while it has not. */
  readonly outcome: Outcome<Output> | undefined
}

/**
 * Runs a task from a component, and shows how it goes.
 *
 * A second run beside the first one is another task; the hook shows the latest. With a `key`, the key policy decides: by default the first
 * one is cancelled.
 *
 * @param task A definition, or a function that makes a call or a pipeline of its arguments.
 * @throws What `supervisor.run` throws, from `run`.
 * @example
 * const greet = defineTask({ name: "greet", run: async (ctx, name: string) => `Hello ${name}` })
 *
 * function Greeter() {
 *   const { run, cancel, pending, outcome } = useRun(greet)
 *   if (pending) return <button onClick={() => void cancel()}>Cancel</button>
 *   return <button onClick={() => run("world")}>{outcome?.status === "completed" ? outcome.output : "Greet"}</button>
 * }
 */
export function useRun<Args extends readonly unknown[], Output, Events extends EventMap>(
  task: (...args: Args) => TaskCall<Output, Events>,
  options: UseRunOptions<Events, NoInfer<Output>> = {},
): Run<Args, Output, Events> {
  const supervisor = useSupervisor()
  const [latest, setLatest] = useState<LatestRun<Output, Events>>()
  const started = useRef(new Set<TaskHandle<Output, Events>>())
  const isGone = useRef(false)
  const rendered = useLatest({ task, options })

  const run = useCallback(
    (...args: Args) => {
      const { onUnmount, ...runOptions } = rendered.current.options
      const handle = supervisor.run(rendered.current.task(...args), runOptions)
      started.current.add(handle)
      void handle.outcome().then(() => started.current.delete(handle))
      setLatest({ supervisor, handle })
      if (isGone.current && onUnmount === "cancel") void handle.cancel(unmounted)
      return handle
    },
    [supervisor, rendered],
  )
  useUnmount(() => {
    if (options.onUnmount !== "cancel") return
    for (const handle of started.current) void handle.cancel(unmounted)
  })
  // A handler that has waited for something may run a task when nobody is there any more. Before the other effects, which may as well, and
  // not undone, as theirs are, where a boundary of Suspense hides what is still there.
  useInsertionEffect(() => {
    isGone.current = false
    return () => void (isGone.current = true)
  }, [])

  // After a change of the supervisor nothing has been run under the new one.
  const handle = latest?.supervisor === supervisor ? latest.handle : undefined
  const cancel = useCallback(
    (reason?: string) => handle?.cancel(reason) ?? Promise.resolve<CancelReceipt>("unknown"),
    [handle],
  )
  const snapshot = useTask(handle) ?? handle?.snapshot
  const outcome = snapshot?.outcome
  const pending = handle !== undefined && outcome === undefined
  return { run, cancel, handle, task: snapshot, pending, progress: snapshot?.progress ?? 0, outcome }
}

interface LatestRun<Output, Events extends EventMap> {
  readonly supervisor: AnySupervisor
  readonly handle: TaskHandle<Output, Events>
}
