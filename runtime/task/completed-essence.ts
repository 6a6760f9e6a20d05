import { newborn, type TaskBirth, type TaskSnapshot } from "../../machines/task/snapshot.ts"

/**
 * What is left of the last snapshot of a task that was completed at its first attempt while nobody followed it: enough to make the
 * snapshot again. The handles of a million such tasks, and the collector's work with them, take a third of what the snapshots would.
 */
export class CompletedEssence {
  readonly #output: unknown
  readonly #message: string | undefined
  readonly #sequence: number
  // From the submit on: small numbers need no memory of their own.
  readonly #startedAfter: number
  readonly #settledAfter: number

  constructor({ outcome, message, sequence, submittedAt, startedAt, settledAt }: TaskSnapshot) {
    this.#output = outcome?.status === "completed" ? outcome.output : undefined
    this.#message = message
    this.#sequence = sequence
    this.#startedAfter = (startedAt ?? submittedAt) - submittedAt
    this.#settledAfter = (settledAt ?? submittedAt) - submittedAt
  }

  /** Whether nothing of a snapshot would be lost. */
  static holds({ outcome, attempt, failures, cancelRequested }: TaskSnapshot): boolean {
    return outcome?.status === "completed" && attempt === 1 && failures.length === 0 && !cancelRequested
  }

  snapshotOf(birth: TaskBirth): TaskSnapshot {
    return {
      ...newborn(birth),
      status: "completed",
      phase: "settled",
      progress: 1,
      message: this.#message,
      attempt: 1,
      outcome: { status: "completed", output: this.#output },
      nextAttemptAt: undefined,
      startedAt: birth.submittedAt + this.#startedAfter,
      settledAt: birth.submittedAt + this.#settledAfter,
      sequence: this.#sequence,
    }
  }
}
