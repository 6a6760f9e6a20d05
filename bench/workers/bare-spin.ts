import { parentPort } from "node:worker_threads"
import { spin } from "./bodies.ts"

parentPort?.on("message", ({ tasks, turns }: { readonly tasks: number; readonly turns: number }) => {
  for (let task = 0; task < tasks; task += 1) spin(turns)
  parentPort?.postMessage("done")
})
