import type { TaskHandle } from "../../runtime/task/handle.ts"

/** Which task is meant: by its handle, which brings the type of its output along, or by its id. */
export type TaskRef<Output = unknown> = string | Pick<TaskHandle<Output>, "id" | "snapshot">

export function idOf(task: string | { readonly id: string }): string
export function idOf(task: string | { readonly id: string } | undefined): string | undefined
export function idOf(task: string | { readonly id: string } | undefined): string | undefined {
  return typeof task === "object" ? task.id : task
}
