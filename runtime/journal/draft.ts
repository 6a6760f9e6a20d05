import type { EntryData, NewEntry } from "../ports/store.ts"
import type { Task } from "../task/task.ts"

type Report = Extract<EntryData, { type: "report" }>

/** The entries of the transaction to come. Of the reports of a task that follow each other there is one, which says how many they were. */
export class Draft {
  #entries: NewEntry[] = []
  /** Where a task's latest report stands: the next one takes its place. */
  readonly #reports = new Map<Task, number>()

  get entries(): readonly NewEntry[] {
    return this.#entries
  }

  add(entry: NewEntry): void {
    this.#entries.push(entry)
  }

  /** False where it took the place of an earlier one. */
  addReport(task: Task, at: number, what: Report): boolean {
    const index = this.#reports.get(task)
    const earlier = index === undefined ? undefined : this.#entries[index]?.what
    if (index === undefined || earlier?.type !== "report") {
      this.#reports.set(task, this.#entries.length)
      this.add({ task: task.id, at, what })
      return true
    }
    const merged: Report = {
      type: "report",
      progress: what.progress,
      message: what.message ?? earlier.message,
      merged: (earlier.merged ?? 1) + 1,
    }
    this.#entries[index] = { task: task.id, at, what: merged }
    return false
  }

  /** Something else has happened to it: its next report stands behind that. */
  closeReport(task: Task): void {
    this.#reports.delete(task)
  }

  clear(): void {
    this.#entries = []
    this.#reports.clear()
  }
}
