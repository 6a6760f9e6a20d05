import type { Journal } from "../journal/journal.ts"
import type { RunningAttempt } from "../task/attempt.ts"
import type { Admission } from "./admission.ts"
import type { SlotKeeper } from "./slot-keeper.ts"

export interface HandOverParts {
  /** Where there is a store. */
  readonly journal: Journal | undefined
  readonly admission: Admission
}

/**
 * What is to run once at most begins when it is written that it does: until that can be, it gives its slot up and waits in its line. False:
 * so it is.
 */
export function mayBegin(attempt: RunningAttempt, { journal, admission }: HandOverParts, slots: SlotKeeper): boolean {
  const { task } = attempt
  if (journal === undefined || !task.plan.isOnceAtMost) return true
  try {
    journal.handOver(task)
    return true
  } catch {
    journal.takenBack(task)
    slots.giveUp(attempt)
    journal.whenWritten(() => {
      if (task.snapshot.phase === "queued") admission.enqueue(task)
    })
    return false
  }
}
