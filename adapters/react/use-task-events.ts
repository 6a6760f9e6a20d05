import { useEffect } from "react"
import type { EventMap } from "../../runtime/definition/definition.ts"
import type { TaskHandle } from "../../runtime/task/handle.ts"
import { idOf } from "./task-ref.ts"
import { useLatest } from "./use-latest.ts"
import { useSupervisor } from "./use-supervisor.ts"

/**
 * Calls back with each event of that name of a task's body, from the mount on; always the latest `listener` that was rendered. For all events of a
 * run, those before its handle is rendered included, give `useRun` a `whenEvent`.
 *
 * @param task A handle, which types names and data; or an id, or undefined for none yet.
 * @param listener What it returns is waited for by `ctx.sendEventAndWait`.
 * @example
 * import { useState } from "react"
 *
 * function Found({ scan }: { scan: TaskHandle<void, { found: string }> }) {
 *   const [files, setFiles] = useState<readonly string[]>([])
 *   useTaskEvents(scan, "found", (file) => setFiles((before) => [...before, file]))
 *   return <p>{files.length} files</p>
 * }
 */
export function useTaskEvents<Events extends EventMap, Name extends keyof Events & string>(
  task: string | TaskHandle<unknown, Events> | undefined,
  name: Name,
  listener: (data: Events[Name]) => unknown,
): void {
  const supervisor = useSupervisor()
  const id = idOf(task)
  const latest = useLatest(listener)
  useEffect(() => {
    if (id === undefined) return undefined
    return supervisor.onEventOf(id, name, (data) => latest.current(data as Events[Name]))
  }, [supervisor, id, name, latest])
}
