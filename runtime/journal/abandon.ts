import type { TaskEvent } from "../../machines/task/events.ts"
import type { CancelReason } from "../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import { transition } from "../../machines/task/transition.ts"
import type { EntryData, NewEntry, RecordChange, StoreReader, TaskRecord } from "../ports/store.ts"
import { keptSnapshot, snapshotOf } from "./record.ts"

/** What ends, or puts off, a task that nobody runs. */
export type EndingEvent = Extract<TaskEvent, { type: "fail" | "cancel" | "stop" }>

/** A task that lives in the store alone, after one event: what is written of it. */
export interface EndedRecord {
  readonly record: RecordChange
  readonly entry: NewEntry
}

/** A living task that nobody runs any more is cancelled, and all that lives below it. */
export function* abandoned(
  record: TaskRecord,
  reason: CancelReason,
  reader: Pick<StoreReader, "childrenOf" | "decode">,
  at: number,
): Generator<EndedRecord> {
  let snapshot = snapshotOf(record, reader)
  for (const event of [{ type: "cancel", reason, at } as const, { type: "stop", at } as const]) {
    const after = transition(snapshot, event)
    if (after !== snapshot) yield endedRecord(record, after, event)
    snapshot = after
  }
  yield* abandonedBelow(record.id, reader, at)
}

export function* abandonedBelow(
  id: string,
  reader: Pick<StoreReader, "childrenOf" | "decode">,
  at: number,
): Generator<EndedRecord> {
  for (const child of [...reader.childrenOf(id)]) {
    if (child.snapshot.outcome === undefined) yield* abandoned(child, { type: "parent", parent: id }, reader, at)
  }
}

export function endedRecord(record: TaskRecord, after: TaskSnapshot, event: EndingEvent): EndedRecord {
  const isDead = after.outcome?.status === "failed"
  const { id, maxAttempts, isHandedOver } = record
  return {
    record: { id, snapshot: keptSnapshot(after), isDead, maxAttempts, isHandedOver },
    entry: { task: id, at: event.at, what: dataOf(event) },
  }
}

function dataOf(event: EndingEvent): EntryData {
  switch (event.type) {
    case "fail":
      return { type: "fail", failure: { type: "lost" }, retryAt: event.retryAt }
    case "cancel":
      return { type: "cancel", reason: event.reason }
    case "stop":
      return { type: "stop" }
  }
}
