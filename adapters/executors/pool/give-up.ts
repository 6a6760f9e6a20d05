import type { PoolWorker } from "./pool-worker.ts"

/**
 * Ends a worker that has not begun what it was given: others get it. An attempt to which that happens twice is at fault itself.
 *
 * @param warn Tells an operator.
 */
export function giveUp(worker: PoolWorker, warn: (message: string) => void): void {
  const next = worker.oldest
  if (next === undefined) return
  const { taskName, module } = next.attempt.definition
  warn(
    `A worker has not begun task ${next.attempt.id} (${taskName}) for half a minute, and is ended: something in it keeps its thread`,
  )
  if (++next.standstills > 1) {
    const message = `Cannot begin task ${JSON.stringify(taskName)}: its module ${module} keeps the worker's thread while it is imported`
    worker.release(next)
    if (next.state === "withdrawn") next.drop()
    else next.fail({ type: "setup", error: new Error(message) })
  }
  worker.terminate()
}
