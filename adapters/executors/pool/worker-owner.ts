import type { WorkerState } from "../../../machines/worker/lifecycle.ts"
import type { FromWorker } from "../worker/envelopes.ts"
import type { PoolWorker } from "./pool-worker.ts"
import type { PooledAttempt } from "./pooled-attempt.ts"
import type { RankCount } from "./rank-count.ts"
import type { WorkerExit } from "./transport.ts"

/** Who acts upon what a worker tells. */
export interface WorkerOwner {
  /** What all its workers have and have not begun. */
  readonly offered: RankCount
  changed(worker: PoolWorker, before: WorkerState, after: WorkerState): void
  received(worker: PoolWorker, envelope: FromWorker): void
  begun(worker: PoolWorker, ticket: number): void
  ended(worker: PoolWorker, pooled: PooledAttempt, progress: number, took: number, value: unknown): void
  /** All that it had to tell for now has been told. */
  heard(): void
  /** An attempt has been taken back, or it was too late for that. */
  revoked(worker: PoolWorker, pooled: PooledAttempt, won: boolean): void
  progressed(pooled: PooledAttempt, fraction: number): void
  /** An attempt's arguments could not be sent to it. */
  refused(worker: PoolWorker, pooled: PooledAttempt, path: string | undefined): void
  /** It has sent what cannot be read here. */
  unreadable(worker: PoolWorker, error: unknown): void
  exited(worker: PoolWorker, exit: WorkerExit, before: WorkerState): void
  warn(message: string, cause?: unknown): void
}
