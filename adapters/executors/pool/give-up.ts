import type { ExecutorHost } from "../../../runtime/ports/executor.ts"
import type { Crew } from "./crew.ts"
import type { PoolWorker } from "./pool-worker.ts"

/**
 * Ends a worker that does not get ready, or has not begun what it was given: others get it. An attempt to which that happens twice is at
 * fault itself.
 */
export function giveUp(worker: PoolWorker, crew: Crew, host: ExecutorHost): void {
  if (worker.state === "starting") return crew.giveUpStart(worker)
  const next = worker.passing ?? worker.oldest
  if (next === undefined) return
  const { taskName, module } = next.attempt.definition
  host.warn(
    `A worker has not begun task ${next.attempt.id} (${taskName}) within its startTimeout, and is ended: something in it keeps its thread, or the module does not come to the end of its import`,
  )
  if (next !== worker.passing && ++next.standstills > 1) {
    const message = `Cannot begin task ${JSON.stringify(taskName)}: the import of its module ${module} does not end, or keeps the worker's thread`
    worker.release(next)
    if (next.state === "withdrawn") next.drop()
    else next.fail({ type: "setup", error: new Error(message) })
  }
  worker.terminate()
}
