/** The first module of every thread. From the sources Node runs it as it is; a build makes it `entry.js`. */
import { isMainThread, receiveMessageOnPort, workerData } from "node:worker_threads"
import { getHeapStatistics } from "node:v8"
import { importModule } from "../node/import-module.ts"
import type { FromWorker, ToWorker } from "../worker/envelopes.ts"
import { SlotTable } from "../worker/slot-table.ts"
import { WorkerHost } from "../worker/worker-host.ts"
import type { ThreadData } from "./thread-data.ts"

if (isMainThread) throw new Error("Cannot run the entry of a thread as a program of its own")

const { port, slots, setup, tsx, tellMemory } = workerData as ThreadData

const host = new WorkerHost(
  {
    place: "a thread",
    post: (batch: readonly FromWorker[], transfer) => port.postMessage(batch, transfer as readonly never[]),
    clone: structuredClone,
    import: (module) => importModule(module, tsx),
    quiet: { later: (callback) => void setImmediate(callback) },
    memory: tellMemory ? usedMemory : undefined,
    exit: (code) => process.exit(code),
  },
  new SlotTable(slots),
)

// A body may end the thread (process.exit): what it has sent before still arrives.
process.on("exit", () => host.flush())
process.on("uncaughtException", die)
port.on("messageerror", (error) => host.unread(error))

port.on("message", (batch: readonly ToWorker[]) => {
  host.receive(batch)
  // What has come meanwhile needs no further turn of the event loop; but the loop gets its turn when bodies keep coming.
  const since = performance.now()
  for (let next = take(); next !== undefined; next = take()) {
    host.receive(next.message)
    if (performance.now() - since > 10) break
  }
})

await host.start(setup)

function take(): { readonly message: readonly ToWorker[] } | undefined {
  for (;;) {
    try {
      return receiveMessageOnPort(port)
    } catch (error) {
      host.unread(error)
    }
  }
}

function die(error: unknown): void {
  host.uncaught(error)
  process.exit(1)
}

function usedMemory(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}
