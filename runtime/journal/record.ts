import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import { decodeSnapshot, encodeSnapshot, type EncodedSnapshot } from "../failure/codec/failure-codec.ts"
import type { Kept, RecordBirth, RecordChange, StoreSession, TaskRecord } from "../ports/store.ts"
import type { Task } from "../task/task.ts"

/** A task as its store keeps it. */
export function recordOf(
  { snapshot, plan }: Pick<Task, "snapshot" | "plan">,
  birth: RecordBirth | undefined,
  output: Kept | undefined,
  isHandedOver: boolean,
): RecordChange {
  const { maxAttempts } = plan.retry
  const isDead = snapshot.outcome?.status === "failed" && snapshot.attempt >= maxAttempts
  return { id: snapshot.id, snapshot: keptSnapshot(snapshot), output, isDead, maxAttempts, isHandedOver, birth }
}

/** Without the output, which is kept beside it. */
export function keptSnapshot(snapshot: TaskSnapshot): EncodedSnapshot {
  const encoded = encodeSnapshot(snapshot)
  if (encoded.outcome?.status !== "completed") return encoded
  return { ...encoded, outcome: { status: "completed", output: undefined } }
}

export function snapshotOf(
  { snapshot, output }: Pick<TaskRecord, "snapshot" | "output">,
  { decode }: Pick<StoreSession, "decode">,
): TaskSnapshot {
  const decoded = decodeSnapshot(snapshot)
  if (decoded.outcome?.status !== "completed" || output === undefined) return decoded
  return { ...decoded, outcome: { status: "completed", output: decode(output) } }
}
