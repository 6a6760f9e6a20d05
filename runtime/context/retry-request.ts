/** What `ctx.retry()` throws through the body: the attempt ends, and asks for another one. */
export class RetryRequest extends Error {
  override readonly name = "RetryRequest"
  readonly afterMs: number | undefined
  /** The failure of this attempt, as the body gave it. */
  readonly error: unknown

  constructor(afterMs: number | undefined, error: unknown) {
    super("This attempt asked for a retry; let the error pass through the body")
    this.afterMs = afterMs
    this.error = error
  }
}
