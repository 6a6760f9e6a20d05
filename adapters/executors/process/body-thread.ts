/** The main thread of a child process: it runs bodies, and may be busy with one for hours. */
import { writeSync } from "node:fs"
import { Socket } from "node:net"
import { Worker } from "node:worker_threads"
import { importModule } from "../node/import-module.ts"
import type { ToWorker } from "../worker/envelopes.ts"
import { SlotTable } from "../worker/slot-table.ts"
import { WorkerHost } from "../worker/worker-host.ts"
import { encodeFrame, FrameReader } from "./frames.ts"
import { HeldFrames } from "./held-frames.ts"
import { killGroup } from "./kill-group.ts"
import { dataFd, type ProcessData } from "./process-data.ts"

// What a body prints is written when it says so, as in the program itself, and not lost when the process is ended.
for (const stream of [process.stdout, process.stderr]) {
  ;(stream as { _handle?: { setBlocking?(blocking: boolean): void } })._handle?.setBlocking?.(true)
}

const { setup, tsx, tellMemory } = JSON.parse(process.argv[2] ?? "{}") as ProcessData

// The parent has no shared memory with this process: a thread of its own answers for it while bodies compute here.
const slots = new SharedArrayBuffer(SlotTable.byteLength)
const controlThread = new Worker(process.argv[1] ?? "", { workerData: slots, execArgv: [], env: {} })
controlThread.on("error", abandon)
controlThread.unref()

const pause = new Int32Array(new SharedArrayBuffer(4))
const written = new HeldFrames(writeAll)

const host = new WorkerHost(
  {
    place: "a process",
    post: (batch) => written.post(batch),
    hold: (batch) => written.hold(batch),
    clone: encodeFrame,
    import: (module) => importModule(module, tsx),
    memory: tellMemory ? process.memoryUsage.rss : undefined,
    exit: (code) => process.exit(code),
  },
  new SlotTable(slots),
)

process.on("exit", () => host.flush())
process.on("uncaughtException", die)

const data = new Socket({ fd: dataFd, readable: true, writable: false })
const frames = new FrameReader(
  (batch) => host.receive(batch as readonly ToWorker[]),
  (error) => host.unread(error),
)
data.on("data", (chunk: Buffer) => frames.push(chunk))
data.on("close", abandon)
data.on("error", abandon)

await host.start(setup)

/** All of it, now: the next thing that happens here may be a body that computes for hours, or kills the process. */
function writeAll(frame: Uint8Array): void {
  for (let at = 0; at < frame.length;) {
    try {
      at += writeSync(dataFd, frame, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === "EPIPE") return abandon()
      if (code !== "EAGAIN") throw error
      // The pipe is full: the parent has other things to do.
      Atomics.wait(pause, 0, 0, 1)
    }
  }
}

function die(error: unknown): void {
  host.uncaught(error)
  process.exit(1)
}

/** The parent is gone: so is everything that this process has started. */
function abandon(): void {
  killGroup(process.pid)
}
