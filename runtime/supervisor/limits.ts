import { instantMs } from "../definition/duration.ts"
import type { Timer, Timers } from "../clock/timers.ts"
import type { Clock } from "../ports/clock.ts"
import type { RunningAttempt } from "../task/attempt.ts"
import type { Task } from "../task/task.ts"
import { Waits } from "../task/waits.ts"

/** What happens when a limit is reached. */
export interface LimitKeeper {
  readonly clock: Clock
  readonly timers: Timers
  expire(task: Task): void
  missDeadline(task: Task): void
  timeOut(attempt: RunningAttempt, cause: "soft-timeout" | "hard-timeout" | "deadline"): void
}

/** The limits of a whole task, from its submission on. */
export function armLimits(task: Task, keeper: LimitKeeper): void {
  const { expires, deadline } = task.plan
  if (expires === undefined && deadline === undefined) return
  const until = (instant: number): number => instant - keeper.clock.now()
  const limits: Timer[] = []
  ;(task.waits ??= new Waits()).limits = limits
  if (expires !== undefined) {
    const expiry = instantMs(expires, task.submittedAt, '"expires"')
    limits.push(keeper.timers.after(until(expiry), () => keeper.expire(task)))
  }
  if (deadline !== undefined) {
    const instant = instantMs(deadline, task.submittedAt, '"deadline"')
    limits.push(keeper.timers.after(until(instant), () => keeper.missDeadline(task)))
  }
}

/** The limits of one attempt, from the start of its body on. */
export function armTimeouts(attempt: RunningAttempt, keeper: LimitKeeper): void {
  const { softMs, hardMs } = attempt.task.plan
  if (softMs === undefined && hardMs === undefined) return
  attempt.timeouts = []
  if (softMs !== undefined) {
    attempt.timeouts.push(keeper.timers.after(softMs, () => keeper.timeOut(attempt, "soft-timeout")))
  }
  if (hardMs !== undefined) {
    attempt.timeouts.push(keeper.timers.after(hardMs, () => keeper.timeOut(attempt, "hard-timeout")))
  }
}

/** True when the expiry has passed, though its timer may not have fired yet. */
export function isExpired(task: Task, clock: Clock): boolean {
  const { expires } = task.plan
  return expires !== undefined && instantMs(expires, task.submittedAt, '"expires"') <= clock.now()
}

/** True when the deadline has passed, though its timer may not have fired yet. */
export function isOverdue(task: Task, clock: Clock): boolean {
  const { deadline } = task.plan
  return deadline !== undefined && instantMs(deadline, task.submittedAt, '"deadline"') <= clock.now()
}

export function endLimits(task: Task, timers: Timers): void {
  if (task.waits === undefined) return
  timers.end(task.waits.timer)
  for (const timer of task.waits.limits ?? []) timers.end(timer)
}
