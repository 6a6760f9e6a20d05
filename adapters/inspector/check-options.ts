import { show } from "../../runtime/failure/show.ts"
import type { RecorderOptions } from "./recorder.ts"

const action = "Cannot inspect"

/** @throws TypeError or RangeError that names the option, its value and the remedy. */
export function checkOptions({ tasks, sanitize, frames, bytes, warn }: RecorderOptions): void {
  if (tasks !== undefined && tasks !== "all" && tasks !== "running" && typeof tasks !== "function") {
    const isSample = typeof tasks === "object" && tasks !== null && Object.hasOwn(tasks, "sample")
    if (!isSample) {
      throw new TypeError(
        `${action}: "tasks" must be "all", "running", { sample: 1000 } or a function, current value is ${show(tasks)}`,
      )
    }
    checkCount("tasks.sample", tasks.sample)
  }
  if (frames !== undefined) checkCount("frames", frames)
  if (bytes !== undefined) checkCount("bytes", bytes)
  for (const [name, value] of Object.entries({ sanitize, warn })) {
    if (value !== undefined && typeof value !== "function")
      throw new TypeError(`${action}: ${JSON.stringify(name)} must be a function, current value is ${show(value)}`)
  }
}

function checkCount(name: string, value: unknown): void {
  if (!Number.isInteger(value) || (value as number) < 1) {
    throw new RangeError(`${action}: "${name}" must be a whole number, 1 or more, current value is ${show(value)}`)
  }
}
