import type { SQLInputValue } from "node:sqlite"
import type { TaskBirth, TaskKey, TaskOrigin } from "../../../machines/task/snapshot.ts"
import type { EncodedFailure, EncodedOutcome, EncodedSnapshot } from "../../../runtime/failure/codec/failure-codec.ts"
import type { Kept, RecordChange, TaskRecord } from "../../../runtime/ports/store.ts"
import { bornAt, type Newborn } from "../batch/shares.ts"
import { failureText } from "../query/failure-text.ts"
import { decode, encodeOwn } from "./kept-value.ts"

type Bytes = string | Uint8Array

/** A row of `tasks`, as far as a record is made of it. */
export interface TaskRow {
  readonly born: number
  readonly id: string
  readonly name: string
  readonly key: string | null
  readonly executor: string
  readonly status: EncodedSnapshot["status"]
  readonly phase: EncodedSnapshot["phase"]
  readonly is_dead: number
  readonly max_attempts: number
  readonly is_handed_over: number
  readonly is_visible: number
  readonly progress: number
  readonly message: string | null
  readonly attempt: number
  readonly sequence: number
  readonly cancel_reason: string | null
  readonly failures: Bytes | null
  readonly next_attempt_at: number | null
  readonly submitted_at: number
  readonly started_at: number | null
  readonly settled_at: number | null
  readonly parent: string | null
  readonly step: string | null
  readonly tags: string | null
  readonly schedule: string | null
  readonly slot: number | null
  readonly resubmission_of: string | null
  readonly module: string | null
  readonly settings: Bytes | null
  readonly args: Bytes | null
  readonly publish_id: string | null
  readonly output: Bytes | null
}

export const recordColumns = `born, id, name, key, executor, status, phase, is_dead, max_attempts, is_handed_over, is_visible, progress, message, attempt,
  sequence, cancel_reason, failures, next_attempt_at, submitted_at, started_at, settled_at, parent, step, tags, schedule, slot, resubmission_of,
  module, settings, args, publish_id, output`

/** Those that may change. */
const changing = [
  ...[
    "status",
    "phase",
    "is_dead",
    "max_attempts",
    "is_handed_over",
    "progress",
    "message",
    "attempt",
    "sequence",
    "cancel_reason",
  ],
  ...["failures", "failure", "next_attempt_at", "started_at", "settled_at", "output"],
]

const lasting = [
  ...["born", "id", "name", "key", "executor", "is_root", "is_visible", "submitted_at", "parent", "step", "tags"],
  ...[
    "schedule",
    "slot",
    "resubmission_of",
    "module",
    "settings",
    "args",
    "publish_id",
    "not_before",
    "born_at",
    "entries",
  ],
]

export const insertTask = `INSERT INTO tasks (${[...lasting, ...changing].join(", ")}) VALUES (${[...lasting, ...changing].map(() => "?").join(", ")})`

export const updateTask = `UPDATE tasks SET ${changing.map((column) => `${column} = ?`).join(", ")} WHERE born = ?`

/** The values of `insertTask`. */
export function insertValues(newborn: Newborn, isRoot: boolean, entries: Bytes | null): SQLInputValue[] {
  const { change, share } = newborn
  const { id, key, name, executor, visible, submittedAt, parent, tags, origin } = change.snapshot
  const { call, step } = change.birth
  const [birth] = share
  const what = birth?.entry.what
  return [
    bornAt(newborn),
    id,
    name,
    key === id ? null : JSON.stringify(key),
    executor,
    isRoot ? 1 : 0,
    visible ? 1 : 0,
    submittedAt,
    parent ?? null,
    step ?? null,
    tags.length === 0 ? null : JSON.stringify(tags),
    origin?.type === "schedule" ? origin.schedule : null,
    origin?.slot ?? null,
    origin?.type === "resubmission" ? origin.of : null,
    call?.module ?? null,
    (call?.settings ?? null) as Bytes | null,
    (call?.args ?? null) as Bytes | null,
    call?.publishId ?? null,
    (what?.type === "born" ? what.notBefore : undefined) ?? null,
    birth === undefined || birth.entry.at === submittedAt ? null : birth.entry.at,
    entries,
    ...changingValues(change),
  ]
}

/** The values of `updateTask`. */
export function updateValues(change: RecordChange, born: number): SQLInputValue[] {
  return [...changingValues(change), born]
}

function changingValues({ snapshot, output, isDead, maxAttempts, isHandedOver }: RecordChange): SQLInputValue[] {
  const { failures, cancelReason } = snapshot
  return [
    snapshot.status,
    snapshot.phase,
    isDead ? 1 : 0,
    maxAttempts,
    isHandedOver ? 1 : 0,
    snapshot.progress,
    snapshot.message ?? null,
    snapshot.attempt,
    snapshot.sequence,
    cancelReason === undefined ? null : JSON.stringify(cancelReason),
    failures.length === 0 ? null : encodeOwn(failures),
    failures.length === 0 ? null : (failureText(snapshot) ?? null),
    snapshot.nextAttemptAt ?? null,
    snapshot.startedAt ?? null,
    snapshot.settledAt ?? null,
    (output ?? null) as Bytes | null,
  ]
}

export function recordOf(row: TaskRow): TaskRecord {
  const { settings, args } = row
  const call = {
    module: row.module ?? undefined,
    settings: settings as Kept,
    args: args as Kept,
    publishId: row.publish_id ?? undefined,
  }
  return {
    id: row.id,
    born: row.born,
    snapshot: snapshotOf(row),
    output: row.output ?? undefined,
    isDead: row.is_dead === 1,
    maxAttempts: row.max_attempts,
    isHandedOver: row.is_handed_over === 1,
    birth: { call: settings === null ? undefined : call, step: row.step ?? undefined },
  }
}

function snapshotOf(row: TaskRow): EncodedSnapshot {
  const failures = row.failures === null ? [] : (decode(row.failures) as readonly EncodedFailure[])
  const cancelReason =
    row.cancel_reason === null ? undefined : (JSON.parse(row.cancel_reason) as EncodedSnapshot["cancelReason"])
  return {
    ...bornWith(row),
    status: row.status,
    phase: row.phase,
    progress: row.progress,
    message: row.message ?? undefined,
    attempt: row.attempt,
    cancelRequested: cancelReason !== undefined,
    cancelReason,
    failures,
    outcome: outcomeOf(row.status, failures, cancelReason),
    nextAttemptAt: row.next_attempt_at ?? undefined,
    startedAt: row.started_at ?? undefined,
    settledAt: row.settled_at ?? undefined,
    sequence: row.sequence,
  }
}

/** What the task's machine makes of the same: see `machines/task/changes.ts`. */
function outcomeOf(
  status: EncodedSnapshot["status"],
  failures: readonly EncodedFailure[],
  cancelReason: EncodedSnapshot["cancelReason"],
): EncodedOutcome | undefined {
  switch (status) {
    case "completed":
      return { status, output: undefined }
    case "failed":
      return { status, failure: failures.at(-1) as EncodedFailure, attempts: failures }
    case "cancelled":
      return { status, reason: cancelReason ?? { type: "requested" } }
    default:
      return undefined
  }
}

type BirthRow = Pick<TaskRow, "id" | "key" | "name" | "executor" | "submitted_at" | "parent" | "tags" | "is_visible"> &
  Pick<TaskRow, "schedule" | "slot" | "resubmission_of">

/** What never changes of a snapshot. */
export function bornWith(row: BirthRow): Omit<TaskBirth, "notBefore"> {
  return {
    id: row.id,
    key: row.key === null ? row.id : (JSON.parse(row.key) as TaskKey),
    name: row.name,
    executor: row.executor,
    submittedAt: row.submitted_at,
    parent: row.parent ?? undefined,
    origin: originOf(row),
    tags: row.tags === null ? [] : (JSON.parse(row.tags) as readonly string[]),
    visible: row.is_visible === 1,
  }
}

function originOf({ schedule, slot, resubmission_of: of }: BirthRow): TaskOrigin | undefined {
  if (schedule !== null) return { type: "schedule", schedule, slot: slot ?? 0 }
  return of === null ? undefined : { type: "resubmission", of, ...(slot === null ? {} : { slot }) }
}
