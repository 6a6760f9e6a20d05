import type { Task } from "../task/task.ts"

/** Under which a task's own events are published: `group__id`, or the group alone. */
export function channelOf({ plan, options }: Pick<Task, "plan" | "options">): string | undefined {
  if (plan.publish === undefined) return undefined
  return options?.publishId === undefined ? plan.publish : `${plan.publish}__${options.publishId}`
}
