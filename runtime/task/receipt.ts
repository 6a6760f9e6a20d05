/**
 * What a cancel call achieved; exactly one receipt for each call. `terminated`: the worker had to be killed after the grace
 * period. `abandoned`: a coroutine ignored its abort beyond the grace period; it cannot be killed, so it is cut off: its slot
 * is freed, nothing that it still does through its context has an effect, and the supervisor says so once in its log.
 */
export type CancelReceipt =
  | "cancelled"
  | "terminated"
  | "abandoned"
  | "already-completed"
  | "already-failed"
  | "already-cancelled"
  | "unknown"
