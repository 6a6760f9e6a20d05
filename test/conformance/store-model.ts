import fc from "fast-check"
import type { TaskEvent } from "../../machines/task/events.ts"
import { newborn, type TaskBirth, type TaskSnapshot } from "../../machines/task/snapshot.ts"
import { transition } from "../../machines/task/transition.ts"
import { encodeSnapshot } from "../../runtime/failure/codec/failure-codec.ts"
import type {
  EntryData,
  LogEntry,
  NewEntry,
  RecordChange,
  StoreBatch,
  StoreSession,
  TaskQuery,
  TaskRecord,
} from "../../runtime/ports/store.ts"
import { keyText } from "../../runtime/supervisor/keys.ts"

/** What may happen to the tasks of a store: to which one, of those there are, is a number that is taken modulo their number. */
export type Step =
  | { readonly type: "birth"; readonly at: number; readonly name: string; readonly how: BirthDetails }
  | { readonly type: "event"; readonly whose: number; readonly what: number; readonly value: unknown }
  | { readonly type: "commit" | "reopen" }
  | { readonly type: "sweep"; readonly later: number }

interface BirthDetails {
  /** -1: none; -2: one that is not kept. */
  readonly parent: number
  readonly key: string | number | readonly (string | number)[] | undefined
  readonly tags: readonly string[]
  readonly origin: number
  readonly isLate: boolean
}

const names = ["import", "imp", "Imports", "export_all", "100% \\Ärger", "resize"]
const tags = ["big", "small", "groß"]
const keys = ["machine", 7, "7", ["machine", 7], "a%b", undefined] as const

const details = fc.record({
  parent: fc.integer({ min: -2, max: 8 }),
  key: fc.constantFrom(...keys),
  tags: fc.subarray(tags),
  origin: fc.integer({ min: 0, max: 5 }),
  isLate: fc.boolean(),
})

const json = fc.jsonValue({ maxDepth: 2 })
const anyValue = fc.oneof(
  json,
  fc.constantFrom(undefined, new Map([[1, new Set(["a"])]]), new Date(5), 10n, Number.NaN),
)

export const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("birth" as const),
        at: fc.nat(3),
        name: fc.constantFrom(...names),
        how: details,
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constant("event" as const),
        whose: fc.nat(20),
        what: fc.nat(20),
        value: anyValue,
      }),
    },
    { weight: 3, arbitrary: fc.constant({ type: "commit" as const }) },
    { weight: 1, arbitrary: fc.constant({ type: "reopen" as const }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("sweep" as const), later: fc.nat(60) }) },
  ),
  { minLength: 1, maxLength: 60 },
)

export const queries: fc.Arbitrary<TaskQuery> = fc.record(
  {
    status: fc.oneof(
      fc.constantFrom(
        "pending" as const,
        "running" as const,
        "completed" as const,
        "failed" as const,
        "cancelled" as const,
      ),
      fc.subarray(["pending", "running", "completed", "failed", "cancelled"] as const),
    ),
    name: fc.constantFrom(...names, "imp*", "100%*", "*", "x*"),
    tag: fc.constantFrom(...tags, "none"),
    key: fc.constantFrom(...keys.map((key) => keyText(key ?? "task-1"))),
    text: fc.constantFrom("IMPORT", "%", "_", "\\", "ärger", "TASK-1", "oops", "half", "lost", "machine"),
    parent: fc.constantFrom(null, "task-0", "task-1", "elsewhere"),
    schedule: fc.constantFrom("nightly", "hourly"),
    since: fc.integer({ min: 1000, max: 1060 }),
    before: fc.integer({ min: 1000, max: 1060 }),
    dead: fc.boolean(),
    sort: fc.constantFrom("newest" as const, "oldest" as const, "settled-newest" as const, "settled-oldest" as const),
    limit: fc.integer({ min: 1, max: 6 }),
  },
  { requiredKeys: ["limit"] },
)

/** A few tasks in plain arrays: what a store has to agree with. */
export class StoreModel {
  records: TaskRecord[] = []
  log: LogEntry[] = []
  now = 1000
  #last = 0
  #count = 0
  #living: { birth: TaskBirth; snapshot: TaskSnapshot }[] = []
  #entries: NewEntry[] = []
  #changed = new Map<string, RecordChange>()

  birth(session: StoreSession, { at, name, how }: Extract<Step, { type: "birth" }>): void {
    this.now += at
    const id = `task-${this.#count++}`
    const parent = how.parent === -2 ? "elsewhere" : this.#living[how.parent]?.snapshot.id
    const birth: TaskBirth = {
      id,
      key: how.key ?? id,
      name,
      executor: "thread",
      submittedAt: this.now,
      notBefore: how.isLate ? this.now + 5 : undefined,
      parent,
      origin: [
        undefined,
        undefined,
        { type: "schedule" as const, schedule: "nightly", slot: 5 },
        { type: "schedule" as const, schedule: "hourly", slot: 7 },
        { type: "resubmission" as const, of: "task-0" },
        { type: "resubmission" as const, of: "task-0", slot: 5 },
      ][how.origin],
      tags: how.tags,
      visible: how.origin !== 1,
    }
    const snapshot = newborn(birth)
    this.#living.push({ birth, snapshot })
    const notBefore = birth.notBefore === undefined ? {} : { notBefore: birth.notBefore }
    // what was born a little earlier than it was submitted, as a clock that is set back makes it
    this.#entries.push({
      task: id,
      at: how.origin === 3 ? this.now - 1 : this.now,
      what: { type: "born", ...notBefore },
    })
    const call = {
      module: "file:///tasks.ts",
      settings: session.encode({}),
      args: session.encode([how.key]),
      publishId: "p",
    }
    const isCallable = how.origin !== 4
    this.#changed.set(id, {
      ...unchanged(id, snapshot),
      birth: { call: isCallable ? call : undefined, step: isCallable ? undefined : "2" },
    })
  }

  event(session: StoreSession, { whose, what, value: data }: Extract<Step, { type: "event" }>): void {
    const task = this.#living[whose % Math.max(1, this.#living.length)]
    if (task === undefined) return
    this.now += what % 3
    const { id } = task.snapshot
    const at = this.now
    const [event, entry, output] = occurrence(session, what, data, at)
    const next = transition(task.snapshot, event)
    if (next === task.snapshot) return
    task.snapshot = next
    this.#entries.push({ task: id, at, what: entry })
    const change = this.#changed.get(id)
    const isDead = next.status === "failed" && what % 2 === 0
    const changed: RecordChange = {
      ...unchanged(id, next),
      isDead,
      maxAttempts: 3,
      isHandedOver: next.phase === "executing" && what % 2 === 1,
      ...(next.status === "completed" ? { output } : {}),
      ...(change?.birth === undefined ? {} : { birth: change.birth }),
    }
    this.#changed.set(id, changed)
    if (next.outcome !== undefined) this.#living.splice(this.#living.indexOf(task), 1)
  }

  /** What happened since the last one, which is kept from now on. */
  commit(): StoreBatch {
    if (this.now % 4 === 0)
      this.#entries.push({ task: undefined, at: this.now, what: { type: "supervisor", state: "open" } })
    const batch = { entries: this.#entries, records: [...this.#changed.values()], schedules: new Set<string>() }
    for (const entry of this.#entries) {
      const position = ++this.#last
      const change = entry.task === undefined ? undefined : this.#changed.get(entry.task)
      if (entry.what.type === "born" && change?.birth !== undefined) {
        this.records.push({ ...change, birth: change.birth, born: position })
        const { id, key, name, executor, submittedAt, parent, origin, tags: marks, visible } = change.snapshot
        const birth = { id, key, name, executor, submittedAt, parent, origin, tags: marks, visible }
        this.log.push({ ...entry, position, birth: { ...birth, notBefore: entry.what.notBefore } })
      } else this.log.push({ ...entry, position })
    }
    this.records = this.records.map((record) => {
      const change = this.#changed.get(record.id)
      return change === undefined ? record : { ...change, birth: record.birth, born: record.born }
    })
    this.#entries = []
    this.#changed = new Map()
    return batch
  }

  /** Of each kind `count` roots are kept, those that settled last, for `age` milliseconds. */
  sweep(now: number, count: number, age: number): void {
    for (let before = -1; before !== this.records.length;) {
      before = this.records.length
      for (const status of ["completed", "failed", "cancelled"]) {
        const roots = this.records
          .filter(({ snapshot }) => snapshot.status === status && !this.#has(snapshot.parent))
          .toSorted((a, b) => settledAt(a) - settledAt(b) || a.born - b.born)
        for (const [index, root] of roots.entries()) {
          if (index < roots.length - count || settledAt(root) <= now - age) this.#forget(root)
        }
      }
    }
    this.log = this.log.filter(({ task }) => task === undefined || this.#has(task))
  }

  get last(): number {
    return this.#last
  }

  #has(id: string | undefined): boolean {
    return this.records.some((record) => record.id === id)
  }

  #forget(record: TaskRecord): boolean {
    const children = this.records.filter(({ snapshot }) => snapshot.parent === record.id)
    const areGone = children.map((child) => this.#forget(child)).every(Boolean)
    const isGone = areGone && record.snapshot.outcome !== undefined
    if (isGone) this.records = this.records.filter(({ id }) => id !== record.id)
    return isGone
  }
}

function unchanged(id: string, snapshot: TaskSnapshot): RecordChange {
  const encoded = encodeSnapshot(snapshot)
  const outcome =
    encoded.outcome?.status === "completed" ? { status: "completed" as const, output: undefined } : encoded.outcome
  return {
    id,
    snapshot: { ...encoded, outcome },
    isDead: false,
    maxAttempts: Number.POSITIVE_INFINITY,
    isHandedOver: false,
  }
}

/** One of the things that may happen to a task: for its machine, for the log, and its output. */
function occurrence(
  session: StoreSession,
  what: number,
  value: unknown,
  at: number,
): readonly [TaskEvent, EntryData, ReturnType<StoreSession["encode"]>?] {
  const kept = session.encode(value)
  switch (what % 10) {
    case 0:
      return [{ type: "due" }, { type: "due" }]
    case 1:
    case 2:
      return [{ type: "start", at }, { type: "start" }]
    case 3:
      return [
        { type: "report", progress: 0.5, message: "Half" },
        { type: "report", progress: 0.5, message: "Half" },
      ]
    case 4:
      return [
        { type: "emit", name: "chip", data: value },
        { type: "emit", name: "chip", data: kept, channel: "a__b" },
      ]
    case 5:
      return [
        { type: "log", level: "info", data: [value] },
        { type: "log", level: "info", data: session.encode([value]) },
      ]
    case 6: {
      const reason = { type: "requested", message: "enough" } as const
      return [
        { type: "cancel", reason, at },
        { type: "cancel", reason },
      ]
    }
    case 7: {
      const failure = { type: "lost", node: "a" } as const
      return [
        { type: "fail", failure, at, retryAt: at + 3 },
        { type: "fail", failure, retryAt: at + 3 },
      ]
    }
    case 8: {
      const error = Object.assign(new TypeError("Oops: 100%"), { value })
      const [failure] = encodeSnapshot({ ...newborn(nobody), failures: [{ type: "error", error }] }).failures
      return [
        { type: "fail", failure: { type: "error", error }, at },
        { type: "fail", failure: failure ?? { type: "lost" } },
      ]
    }
    default:
      return what % 2 === 0
        ? [{ type: "stop", at }, { type: "stop" }]
        : [{ type: "complete", output: value, at }, { type: "complete" }, kept]
  }
}

const nobody: TaskBirth = { id: "", key: "", name: "", executor: "", submittedAt: 0, tags: [], visible: true }

export function settledAt({ snapshot }: TaskRecord): number {
  return snapshot.settledAt ?? Infinity
}
