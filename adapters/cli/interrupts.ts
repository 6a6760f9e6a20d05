/** What the signals of the operating system do to a run. */
export interface Interruptible {
  cancel(reason: string): void
  terminate(): void
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/**
 * Ctrl-C once cancels and says how to go on, twice terminates, a third time leaves at once. SIGTERM and SIGHUP count likewise.
 * Returns what gives the signals back.
 */
export function onInterrupts(run: Interruptible, say: (line: string) => void): () => void {
  let count = 0
  const interrupted = (signal: NodeJS.Signals): void => {
    count++
    if (count === 1) {
      run.cancel(signal === "SIGINT" ? "interrupted" : signal)
      say(`Cancelling; ${signal === "SIGINT" ? "press Ctrl-C" : "interrupt"} again to terminate`)
    } else if (count === 2) {
      say("Terminating")
      run.terminate()
    } else process.exit(130)
  }
  for (const signal of signals) process.on(signal, interrupted)
  return () => {
    for (const signal of signals) process.off(signal, interrupted)
  }
}
