import type { TaskEvent } from "../../machines/task/events.ts"
import { asError } from "../failure/codec/as-error.ts"
import { toPlain } from "../failure/codec/encode-error.ts"
import { decodeFailure, encodeFailure } from "../failure/codec/failure-codec.ts"
import type { EntryData, Kept, NewEntry, StoreSession } from "../ports/store.ts"
import { channelOf } from "../supervisor/channel.ts"
import type { Task } from "../task/task.ts"

/** An event that a task's machine has accepted, as data. */
export function entryOf(
  event: TaskEvent,
  session: Pick<StoreSession, "encode">,
  warn: (message: string) => void,
  task: Task,
): EntryData {
  switch (event.type) {
    case "due":
    case "start":
    case "complete":
    case "stop":
      return { type: event.type }
    case "report":
      return { type: "report", progress: event.progress, message: event.message }
    case "emit": {
      const { name } = event
      const data = keptOrPlain(event.data, session, () =>
        warn(
          `Event ${JSON.stringify(name)} of task ${task.id} (${task.definition.taskName}) has data that the store cannot keep as it is; what it looks like is kept`,
        ),
      )
      return { type: "emit", name, data, channel: channelOf(task) }
    }
    case "log":
      return { type: "log", level: event.level, data: keptOrPlain(event.data, session) }
    case "cancel":
      return { type: "cancel", reason: event.reason }
    case "fail":
      return { type: "fail", failure: encodeFailure(event.failure), retryAt: event.retryAt }
  }
}

/**
 * The event that was written down. What `complete` gave is not in the log but in the task's record.
 *
 * @throws TypeError for what happens to no task.
 */
export function eventOf({ what, at }: NewEntry, { decode }: Pick<StoreSession, "decode">, output: unknown): TaskEvent {
  switch (what.type) {
    case "due":
      return { type: "due" }
    case "start":
    case "stop":
      return { type: what.type, at }
    case "complete":
      return { type: "complete", output, at }
    case "report":
      return { type: "report", progress: what.progress, message: what.message }
    case "emit":
      return { type: "emit", name: what.name, data: decode(what.data) }
    case "log":
      return { type: "log", level: what.level, data: decode(what.data) as readonly unknown[] }
    case "cancel":
      return { type: "cancel", reason: what.reason, at }
    case "fail":
      return { type: "fail", failure: decodeFailure(what.failure), at, retryAt: what.retryAt }
    case "born":
    case "supervisor":
      throw new TypeError(`Cannot read ${JSON.stringify(what.type)} as an event of a task`)
  }
}

/** What is only looked at later need not be the same to the last bit. */
function keptOrPlain(value: unknown, { encode }: Pick<StoreSession, "encode">, otherwise?: () => void): Kept {
  try {
    return encode(value)
  } catch {
    otherwise?.()
  }
  try {
    return encode(toPlain(value))
  } catch (error) {
    const instead = `[Cannot be kept: ${asError(error).message}]`
    return encode(Array.isArray(value) ? [instead] : instead)
  }
}
