import { newborn, type TaskSnapshot, type TaskStatus } from "../../machines/task/snapshot.ts"
import { transition } from "../../machines/task/transition.ts"
import type { LogEntry, StoreSession } from "../ports/store.ts"
import type { SupervisorSnapshot } from "../supervisor/view.ts"
import { eventOf } from "./entry.ts"

/** A task after one entry of its part of the log. */
export function foldEntry(
  before: TaskSnapshot | undefined,
  entry: LogEntry,
  session: Pick<StoreSession, "decode">,
  output?: unknown,
): TaskSnapshot | undefined {
  if (entry.birth !== undefined) return newborn(entry.birth)
  if (before === undefined) return undefined
  const after = transition(before, eventOf(entry, session, output))
  const merged = entry.what.type === "report" ? (entry.what.merged ?? 1) : 1
  return merged === 1 ? after : { ...after, sequence: before.sequence + merged }
}

/**
 * All tasks at one moment of the past: what their machines make of the log up to there. It keeps the same counts as a supervisor does
 * (`supervisor/roster.ts`); what has settled is only counted.
 */
export class Fold {
  readonly #session: Pick<StoreSession, "decode">
  readonly #living = new Map<string, TaskSnapshot>()
  readonly #counts: Record<TaskStatus, number> = none()
  #state: SupervisorSnapshot["state"] = "stopped"
  #visible = 0
  #batch = { size: 0, progress: 0 }
  /** The last entry that has been taken in. */
  position = 0
  /** When that was, in milliseconds since the epoch. */
  at = 0

  constructor(session: Pick<StoreSession, "decode">) {
    this.#session = session
  }

  /** One that goes on from here on its own: the snapshots are shared, they never change. */
  copy(): Fold {
    const copy = new Fold(this.#session)
    for (const [id, task] of this.#living) copy.#living.set(id, task)
    Object.assign(copy.#counts, this.#counts)
    copy.#state = this.#state
    copy.#visible = this.#visible
    copy.#batch = { ...this.#batch }
    copy.position = this.position
    copy.at = this.at
    return copy
  }

  apply(entry: LogEntry): void {
    this.position = entry.position
    this.at = entry.at
    if (entry.what.type === "supervisor") return this.#applySupervisor(entry.what)
    const { task } = entry
    if (task === undefined) return
    const before = this.#living.get(task)
    const after = foldEntry(before, entry, this.#session)
    if (after === undefined || after === before) return
    if (after.visible) this.#count(before, after)
    if (after.outcome === undefined) this.#living.set(task, after)
    else this.#living.delete(task)
  }

  snapshot(): SupervisorSnapshot {
    const { size, progress } = this.#batch
    return Object.freeze({
      state: this.#state,
      tasks: Object.freeze([...this.#living.values()].filter(({ visible }) => visible)),
      progress: this.#visible === 0 || size === 0 ? 1 : Math.min(1, Math.max(0, progress / size)),
      counts: Object.freeze({ ...this.#counts }),
    })
  }

  /** How many tasks live here. */
  get size(): number {
    return this.#living.size
  }

  /** A task as it is here, if it lives; hidden ones too. */
  taskOf(id: string): TaskSnapshot | undefined {
    return this.#living.get(id)
  }

  #count(before: TaskSnapshot | undefined, after: TaskSnapshot): void {
    const isRoot = after.parent === undefined
    if (before === undefined) {
      if (this.#visible++ === 0) this.#batch = { size: 0, progress: 0 }
      if (isRoot) this.#batch.size++
    } else this.#counts[before.status]--
    this.#counts[after.status]++
    if (isRoot) this.#batch.progress += after.progress - (before?.progress ?? 0)
    if (after.outcome !== undefined) this.#visible--
  }

  /** The first supervisor of a process counts what it finds, and nothing that settled before. */
  #applySupervisor({ state, isFirst }: Extract<LogEntry["what"], { type: "supervisor" }>): void {
    this.#state = state
    if (state !== "open" || isFirst !== true) return
    Object.assign(this.#counts, none())
    this.#visible = 0
    this.#batch = { size: 0, progress: 0 }
    for (const task of this.#living.values()) {
      if (!task.visible) continue
      this.#visible++
      this.#counts[task.status]++
      if (task.parent !== undefined) continue
      this.#batch.size++
      this.#batch.progress += task.progress
    }
  }
}

function none(): Record<TaskStatus, number> {
  return { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }
}
