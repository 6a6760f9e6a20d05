import type { Supervisor, TaskHandle } from "tasktor"

/** Ctrl-C once cancels, twice terminates. One that comes when all is over must not cut the report off: the signals are never given back. */
export function onInterrupts(supervisor: Supervisor, handle: Pick<TaskHandle, "cancel">): void {
  let count = 0
  const interrupted = (): void => {
    count++
    console.error(count === 1 ? "Cancelling; press Ctrl-C again to terminate" : "Terminating")
    if (count === 1) void handle.cancel("interrupted")
    else void supervisor.shutdown({ grace: 0 })
  }
  process.on("SIGINT", interrupted).on("SIGTERM", interrupted)
}
