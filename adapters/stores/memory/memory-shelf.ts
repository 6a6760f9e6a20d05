import type {
  Kept,
  LogEntry,
  LogRange,
  StoreBatch,
  TaskPage,
  TaskQuery,
  TaskRecord,
} from "../../../runtime/ports/store.ts"
import { birthOf, bornAt, type Newborn, newbornsOf, type PlacedEntry, sharesOf } from "../batch/shares.ts"
import { Doomed, type Kin, type KinSource } from "../retention/doomed.ts"
import { type RetentionPlan, type SettledStatus, settledStatuses, sweepPeriod } from "../retention/retention.ts"
import { supervisorEntries } from "../retention/sweep-limits.ts"
import { decode, encode } from "./kept-value.ts"
import { pageOf } from "./page-of.ts"

interface KeptTask {
  record: TaskRecord
  /** Its parent is not kept. */
  readonly isRoot: boolean
  readonly log: LogEntry[]
  readonly children: KeptTask[]
}

/** What a memory store keeps, however often it is opened and closed. */
export class MemoryShelf {
  readonly schedules = new Map<string, unknown>()
  readonly sweepEveryMs: number
  last = 0
  /** In the order of their births. */
  readonly #tasks = new Map<string, KeptTask>()
  readonly #schedules = new Map<string, Kept>()
  #log: LogEntry[] = []
  readonly #doomed: Doomed
  #sessions = 0

  constructor(plan: RetentionPlan) {
    this.#doomed = new Doomed(this.#kin, plan)
    this.sweepEveryMs = sweepPeriod(plan)
  }

  /** Gives whether nobody else is there. */
  enter(): boolean {
    if (this.#sessions++ > 0) return false
    // what was changed and never committed went with the supervisor that did it
    this.schedules.clear()
    for (const [name, kept] of this.#schedules) this.schedules.set(name, decode(kept))
    return true
  }

  leave(): void {
    this.#sessions--
  }

  commit(batch: StoreBatch): void {
    const shares = sharesOf(batch, this.last)
    const newborns = newbornsOf(batch, shares)
    const schedules = [...batch.schedules].map((name) => [name, this.schedules.get(name)] as const)
    const kept = schedules.map(([name, value]) => [name, value === undefined ? undefined : encode(value)] as const)
    // nothing below throws: all of it or nothing
    for (const newborn of newborns) this.#add(newborn)
    for (const change of batch.records) {
      const task = this.#tasks.get(change.id)
      if (task !== undefined) task.record = { ...change, birth: task.record.birth, born: task.record.born }
    }
    let position = this.last
    for (const entry of batch.entries) this.#append({ position: ++position, entry })
    this.last = position
    for (const [name, value] of kept) {
      if (value === undefined) this.#schedules.delete(name)
      else this.#schedules.set(name, value)
    }
  }

  find(id: string): TaskRecord | undefined {
    return this.#tasks.get(id)?.record
  }

  childrenOf(id: string): readonly TaskRecord[] {
    return (this.#tasks.get(id)?.children ?? []).map(({ record }) => record)
  }

  living(): readonly TaskRecord[] {
    return this.#records().filter(({ snapshot }) => snapshot.outcome === undefined)
  }

  list(query: TaskQuery): TaskPage {
    return pageOf(this.#records(), query)
  }

  *entries({ task, after = 0, upTo = Infinity }: LogRange): Generator<LogEntry> {
    for (const entry of task === undefined ? this.#log : (this.#tasks.get(task)?.log ?? [])) {
      if (entry.position > upTo) return
      if (entry.position > after) yield entry
    }
  }

  sweep(now: number): number {
    const portion = this.#doomed.take(now)
    for (const { id } of portion) this.#tasks.delete(id)
    const own = this.#log.filter(({ task }) => task === undefined)
    const oldest = own.at(-supervisorEntries)?.position ?? 0
    this.#log = this.#log.filter(({ task, position }) =>
      task === undefined ? position >= oldest : this.#tasks.has(task),
    )
    return portion.length
  }

  stats(): Readonly<Record<string, unknown>> {
    return { name: "memory", tasks: this.#tasks.size, entries: this.#log.length, last: this.last }
  }

  #records(): TaskRecord[] {
    return [...this.#tasks.values()].map(({ record }) => record)
  }

  #add(newborn: Newborn): void {
    const { change } = newborn
    const record = { ...change, born: bornAt(newborn) }
    const { parent } = change.snapshot
    const above = parent === undefined ? undefined : this.#tasks.get(parent)
    const task: KeptTask = { record, isRoot: above === undefined, log: [], children: [] }
    this.#tasks.set(change.id, task)
    above?.children.push(task)
  }

  #append({ position, entry }: PlacedEntry): void {
    const task = entry.task === undefined ? undefined : this.#tasks.get(entry.task)
    if (entry.task !== undefined && task === undefined) return // of a task that is forgotten
    const birth = task !== undefined && entry.what.type === "born" ? birthOf(task.record, entry) : undefined
    const kept: LogEntry = birth === undefined ? { ...entry, position } : { ...entry, position, birth }
    this.#log.push(kept)
    task?.log.push(kept)
  }

  readonly #kin: KinSource = {
    countRoots: (status) => this.#roots(status).length,
    oldestRoots: (status, limit, settledUpTo) =>
      this.#roots(status)
        .filter(({ record }) => settledAt(record) <= settledUpTo)
        .toSorted((a, b) => settledAt(a.record) - settledAt(b.record) || a.record.born - b.record.born)
        .slice(0, limit)
        .map(({ record }) => kinOf(record)),
    childrenOf: (id) => this.childrenOf(id).map(kinOf),
  }

  #roots(status: SettledStatus): KeptTask[] {
    return [...this.#tasks.values()].filter(({ isRoot, record }) => isRoot && record.snapshot.status === status)
  }
}

function settledAt({ snapshot }: TaskRecord): number {
  return snapshot.settledAt ?? Infinity
}

function kinOf({ id, born, snapshot }: TaskRecord): Kin {
  return { id, born, isSettled: settledStatuses.some((status) => status === snapshot.status) }
}
