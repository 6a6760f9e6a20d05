import type { LogLevel } from "../../machines/task/events.ts"
import type { CancelReason } from "../../machines/task/outcome.ts"
import type { TaskBirth, TaskStatus } from "../../machines/task/snapshot.ts"
import type { EncodedFailure, EncodedSnapshot } from "../failure/codec/failure-codec.ts"
import type { Clock } from "./clock.ts"

/**
 * Where tasks outlive their program: a log of all that happened to them, to which is only added, and in the same transactions a record of
 * each task, which is what its part of the log comes to. The runtime knows nothing else about how it is kept.
 *
 * One process at a time owns a store; in it, several supervisors may share one. Every call answers at once.
 */
export interface Store {
  /** For messages: "memory", or the path of a file. */
  readonly name: string
  /**
   * Called by each supervisor, before anything else.
   *
   * @throws StoreError where the store cannot be used.
   */
  open(host: StoreHost): StoreSession
}

/** What a supervisor offers to its store. */
export interface StoreHost {
  readonly clock: Clock
  /** Something that an operator should know and no task can be told. */
  warn(message: string, cause?: unknown): void
  /** One who has nothing but the store wants something done. The answer is plain data; rejects with what is wrong. */
  asked(request: StoreRequest): Promise<unknown>
}

/** What one who has nothing but the store may ask of the supervisor that owns it. */
export type StoreRequest =
  | { readonly type: "cancel"; readonly task: string; readonly reason?: string | undefined }
  | { readonly type: "resubmit"; readonly task: string }
  /** The text of a query. */
  | { readonly type: "purge"; readonly query: string }
  | { readonly type: "stats" }
  | { readonly type: "registered" }
  | { readonly type: "schedule"; readonly action: "pause" | "resume" | "run"; readonly name: string }

/** A value as a store keeps it: a text where that says all of it, or else whatever the store makes of it. */
export type Kept = string | object

/** What can be read of a store, also by one who does not own it. */
export interface StoreReader {
  /** That of its store. */
  readonly name: string
  decode(kept: Kept): unknown
  /** The position of the last entry of the log; 0 when there is none. */
  readonly last: number
  /** The tasks that have not settled, in the order of their submission. */
  living(): Iterable<TaskRecord>
  find(id: string): TaskRecord | undefined
  /** Steps and other children of a task, in the order of their submission. */
  childrenOf(id: string): Iterable<TaskRecord>
  /**
   * Newest first, unless the query says otherwise.
   *
   * @throws TypeError or RangeError for a query that cannot be used.
   */
  list(query: TaskQuery): TaskPage
  /** The log, or one task's part of it, in its order. */
  entries(range: LogRange): Iterable<LogEntry>
  /** What is kept of schedules, by their names. */
  readonly schedules: ReadonlyMap<string, unknown>
  /** Numbers for `supervisor.inspect.stats()`. */
  stats(): Readonly<Record<string, unknown>>
  close(): void
}

/** One supervisor's access to a store. */
export interface StoreSession extends StoreReader {
  /** No other supervisor has the store open: what is alive in it was left by one that is gone. */
  readonly isFirst: boolean
  /** @throws what the platform says of a value that cannot be kept. */
  encode(value: unknown): Kept
  /**
   * All of it or nothing, and on disk when it returns.
   *
   * @throws StoreError when nothing of it was kept: it can be tried again.
   */
  commit(batch: StoreBatch): void
  /**
   * Forgets settled tasks that are to be kept no longer, with all that is below them and their part of the log. Gives how many: a
   * portion that blocks nobody for long. Called by the supervisor, on time, and as long as it gives more than 0 again in a later turn.
   */
  sweep(now: number): number
  /** After so many milliseconds `sweep` may find something to forget again. */
  readonly sweepEveryMs: number
  /** One map for all that share the store. Changed entries are handed to `commit`. */
  readonly schedules: Map<string, unknown>
}

/** What happened in one turn of the event loop. */
export interface StoreBatch {
  readonly entries: readonly NewEntry[]
  /** Of each task that was born or changed in it, as it is at its end. */
  readonly records: readonly RecordChange[]
  /** Names of schedules that were added, changed or removed. */
  readonly schedules: ReadonlySet<string>
}

/** One thing that happens to a task; or to the supervisor itself, where there is none. */
export interface NewEntry {
  readonly task: string | undefined
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly what: EntryData
}

export interface LogEntry extends NewEntry {
  /** Counted from 1 over all tasks. Those that were forgotten leave gaps. */
  readonly position: number
  /** What the task was born with, where this is its birth. */
  readonly birth?: TaskBirth | undefined
}

/** The events that a task's machine accepted, as data. What `complete` gave is in the task's record. */
export type EntryData =
  | { readonly type: "born"; readonly notBefore?: number | undefined }
  | { readonly type: "due" | "start" | "complete" | "stop" }
  | {
      readonly type: "report"
      readonly progress: number
      readonly message?: string | undefined
      /** How many reports it stands for: those that came before one could be written are one. Default 1. */
      readonly merged?: number
    }
  | { readonly type: "emit"; readonly name: string; readonly data: Kept; readonly channel?: string | undefined }
  | { readonly type: "log"; readonly level: LogLevel; readonly data: Kept }
  | { readonly type: "cancel"; readonly reason: CancelReason }
  | { readonly type: "fail"; readonly failure: EncodedFailure; readonly retryAt?: number | undefined }
  /** The first one of a process finds what another one left. */
  | {
      readonly type: "supervisor"
      readonly state: "open" | "draining" | "stopping" | "stopped"
      readonly isFirst?: boolean
    }

/** A task as it is now. */
export interface RecordChange {
  readonly id: string
  /** Without the output. */
  readonly snapshot: EncodedSnapshot
  /** Of a completed task. */
  readonly output?: Kept | undefined
  /** It failed, and has no attempt left. */
  readonly isDead: boolean
  readonly maxAttempts: number
  /** It was handed to its executor, which may have begun it: said of those alone that are to run once at most. */
  readonly isHandedOver: boolean
  /** What never changes; present where it is not kept yet. */
  readonly birth?: RecordBirth | undefined
}

/** What is needed to run a task again. */
export interface RecordBirth {
  /** Undefined for what cannot be run again: the body of a coroutine without a definition, a step (its pipeline makes it again). */
  readonly call: KeptCall | undefined
  /** Which step of its parent it is. */
  readonly step: string | undefined
}

export interface KeptCall {
  /** Where its definition is found, if this program has not made it. */
  readonly module: string | undefined
  readonly settings: Kept
  readonly args: Kept
  readonly publishId: string | undefined
}

/** What is kept of a task. */
export interface TaskRecord extends RecordChange {
  /** The position of its birth in the log. */
  readonly born: number
  readonly birth: RecordBirth
}

export interface LogRange {
  readonly task?: string | undefined
  /** Default: from the beginning. */
  readonly after?: number | undefined
  /** The last one, included. Default: to the end. */
  readonly upTo?: number | undefined
}

/** Which tasks: those that match every given field. */
export interface TaskQuery {
  readonly status?: TaskStatus | readonly TaskStatus[] | undefined
  /** The name, or its beginning and a `*`. */
  readonly name?: string | undefined
  readonly tag?: string | undefined
  /** As text, as `keyText` makes it. */
  readonly key?: string | undefined
  /** Part of the id, the name, the key, the message or the failure; small and capital letters are the same. */
  readonly text?: string | undefined
  /** Of this parent; `null`: tasks without one. */
  readonly parent?: string | null | undefined
  readonly schedule?: string | undefined
  /** Submitted at this instant or later, in milliseconds since the epoch. */
  readonly since?: number | undefined
  /** Submitted before this instant. */
  readonly before?: number | undefined
  /** Failed, with no attempt left. */
  readonly dead?: boolean | undefined
  readonly sort?: TaskSort | undefined
  /** At most so many. */
  readonly limit: number
  /** The end of the page before. */
  readonly cursor?: string | undefined
}

/** By submission, or by settlement (the living last); newest or oldest first. */
export type TaskSort = "newest" | "oldest" | "settled-newest" | "settled-oldest"

export interface TaskPage {
  readonly records: readonly TaskRecord[]
  /** There are more: the cursor of the next page. */
  readonly next: string | undefined
}
