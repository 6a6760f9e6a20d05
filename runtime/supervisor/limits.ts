import { instantMs } from "../definition/duration.ts"
import type { Timer, Timers } from "../clock/timers.ts"
import type { Clock } from "../ports/clock.ts"
import type { RunningAttempt } from "../task/attempt.ts"
import type { TaskPlan } from "../task/plan.ts"
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
  const waits = (task.waits ??= new Waits())
  if (expires !== undefined) {
    const instant = instantMs(expires, task.submittedAt, '"expires"')
    waits.expiry = atInstant(instant, expires instanceof Date, keeper, () => keeper.expire(task))
  }
  if (deadline !== undefined) {
    const instant = instantMs(deadline, task.submittedAt, '"deadline"')
    waits.deadline = atInstant(instant, deadline instanceof Date, keeper, () => keeper.missDeadline(task))
  }
}

/** Calls back at an instant of the wall clock: a Date is that, whatever becomes of the clock; the end of a duration is so long from now. */
export function atInstant(
  instant: number,
  isDate: boolean,
  { clock, timers }: Pick<LimitKeeper, "clock" | "timers">,
  reached: () => void,
): Timer {
  return isDate ? timers.at(instant, reached) : timers.after(instant - clock.now(), reached)
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
export function isExpired({ plan, waits }: Task, keeper: LimitKeeper): boolean {
  return hasPassed(plan.expires, waits?.expiry, keeper)
}

/** True when the deadline has passed, though its timer may not have fired yet. */
export function isOverdue({ plan, waits }: Task, keeper: LimitKeeper): boolean {
  return hasPassed(plan.deadline, waits?.deadline, keeper)
}

function hasPassed(limit: TaskPlan["deadline"], timer: Timer | undefined, { clock, timers }: LimitKeeper): boolean {
  if (limit === undefined) return false
  return limit instanceof Date ? limit.getTime() <= clock.now() : (timers.left(timer) ?? 0) <= 0
}

export function endLimits({ waits }: Task, timers: Timers): void {
  if (waits === undefined) return
  for (const timer of [waits.timer, waits.expiry, waits.deadline]) timers.end(timer)
}
