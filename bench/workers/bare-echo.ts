import { parentPort } from "node:worker_threads"

parentPort?.on("message", (data: ArrayBuffer) => parentPort?.postMessage(data, [data]))
