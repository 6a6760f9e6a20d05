/** What the signals of the operating system do to a run. */
export interface Interruptible {
  cancel(reason: string): void
  /** Leaves a body that does not listen at most so many milliseconds. */
  terminate(graceMs: number): void
}

/** Whoever has hung up cannot ask a second time. */
const graceAfterHangUp = 2000

/**
 * Ctrl-C once cancels and says how to go on, twice terminates, a third time leaves at once. SIGTERM counts likewise. A terminal that is
 * gone (SIGHUP) cancels, and terminates soon. One that comes when all is over must not cut the output off: the signals are never given
 * back.
 *
 * @param cancelling What is said of the first one.
 */
export function onInterrupts(run: Interruptible, say: (line: string) => void, cancelling = "Cancelling"): void {
  let count = 0
  const interrupted = (signal: NodeJS.Signals): void => {
    count++
    if (count === 1) {
      run.cancel(signal === "SIGINT" ? "interrupted" : signal)
      say(`${cancelling}; ${signal === "SIGINT" ? "press Ctrl-C" : "interrupt"} again to terminate`)
    } else if (count === 2) {
      say("Terminating")
      run.terminate(0)
    } else process.exit(130)
  }
  const hungUp = (signal: NodeJS.Signals): void => {
    run.cancel(signal)
    run.terminate(graceAfterHangUp)
  }
  process.on("SIGINT", interrupted).on("SIGTERM", interrupted).on("SIGHUP", hungUp)
}
