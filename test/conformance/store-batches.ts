import { newborn } from "../../machines/task/snapshot.ts"
import { encodeSnapshot } from "../../runtime/failure/codec/failure-codec.ts"
import type { RecordChange, StoreBatch } from "../../runtime/ports/store.ts"

export type Birth = RecordChange & { readonly birth: NonNullable<RecordChange["birth"]> }

export function carving(id: string, parent?: string): Birth {
  const snapshot = newborn({
    id,
    key: id,
    name: "carve",
    executor: "coroutine",
    submittedAt: 0,
    parent,
    tags: [],
    visible: true,
  })
  return {
    id,
    snapshot: encodeSnapshot(snapshot),
    isDead: false,
    maxAttempts: 1,
    isHandedOver: false,
    birth: { call: undefined, step: undefined },
  }
}

export function births(...ids: readonly string[]): StoreBatch {
  return birthsOf(ids.map((id) => carving(id)))
}

export function birthsOf(records: readonly Birth[]): StoreBatch {
  const entries = records.map(({ id }) => ({ task: id, at: 0, what: { type: "born" as const } }))
  return { entries, records, schedules: new Set() }
}

export function endsOf(records: readonly Birth[]): StoreBatch {
  const entries = records.map(({ id }) => ({ task: id, at: 0, what: { type: "complete" as const } }))
  return { entries, records: records.map((change) => ended({ ...change, birth: undefined })), schedules: new Set() }
}

/** So many that were born and settled in one batch. */
export function settled(count: number, prefix = "settled"): StoreBatch {
  const records = Array.from({ length: count }, (_, index) => carving(`${prefix}-${index}`))
  const both = [...birthsOf(records).entries, ...endsOf(records).entries]
  return { entries: both, records: records.map(ended), schedules: new Set() }
}

function ended<Some extends RecordChange>(change: Some): Some {
  const outcome = { status: "completed", output: undefined } as const
  return {
    ...change,
    snapshot: { ...change.snapshot, status: "completed", phase: "settled", progress: 1, outcome, settledAt: 0 },
  }
}
