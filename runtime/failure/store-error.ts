/**
 * What is wrong with a store.
 *
 * - `in-use`: another process owns it.
 * - `newer`: a newer version of tasktor has written it.
 * - `corrupt`: it is damaged, or no store at all.
 * - `read-only`: it cannot be written to.
 * - `full`: there is no room left on its disk.
 * - `closed`: its last supervisor has been shut down, or was about to be when a task came; or it was to be asked, and no program has it open.
 * - `unanswered`: the program that owns it was asked and did not answer in time.
 * - `io`: anything else that its platform says.
 */
export type StoreProblem = "in-use" | "newer" | "corrupt" | "read-only" | "full" | "closed" | "unanswered" | "io"

/**
 * Thrown by `createSupervisor({ store })` where the store cannot be used, and by `run`, `shutdown` and `persisted()` where it cannot be written to:
 * `problem` tells why, `cause` is the platform's own error.
 *
 * @example
 * try {
 *   supervisor.addCoroutine(() => "kept", [])
 * } catch (error) {
 *   if (!(error instanceof StoreError && error.problem === "full")) throw error
 *   console.error(error.message)
 * }
 */
export class StoreError extends Error {
  override readonly name = "StoreError"
  readonly problem: StoreProblem

  constructor(problem: StoreProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.problem = problem
  }
}
