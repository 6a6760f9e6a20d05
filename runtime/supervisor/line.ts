import type { Task } from "../task/task.ts"
import type { Gate } from "./gate.ts"

/** The tasks of one rank in a line: a list linked through the tasks, so that leaving from the middle costs nothing. */
interface Rank {
  readonly rank: number
  first: Task | undefined
  last: Task | undefined
}

/**
 * Tasks that wait for the same slots under the same limits: higher priority first, first come first served among equals.
 * Joining and leaving cost the same with any number of tasks in it; only the number of different priorities counts.
 */
export class Line {
  readonly gates: readonly Gate[]
  /** By falling rank; none of them is empty. */
  readonly #ranks: Rank[] = []
  length = 0

  constructor(gates: readonly Gate[]) {
    this.gates = gates
  }

  get head(): Task | undefined {
    return this.#ranks[0]?.first
  }

  join(task: Task): void {
    const rank = this.#rankOf(rankOf(task))
    task.line = this
    task.ahead = rank.last
    if (rank.last === undefined) rank.first = task
    else rank.last.behind = task
    rank.last = task
    this.length++
  }

  leave(task: Task): void {
    const rank = this.#rankOf(rankOf(task))
    if (task.ahead === undefined) rank.first = task.behind
    else task.ahead.behind = task.behind
    if (task.behind === undefined) rank.last = task.ahead
    else task.behind.ahead = task.ahead
    task.line = undefined
    task.ahead = undefined
    task.behind = undefined
    this.length--
    if (rank.first === undefined) this.#ranks.splice(this.#ranks.indexOf(rank), 1)
  }

  #rankOf(rank: number): Rank {
    const ranks = this.#ranks
    let index = 0
    for (let one = ranks[0]; one !== undefined && one.rank >= rank; one = ranks[++index]) {
      if (one.rank === rank) return one
    }
    const one: Rank = { rank, first: undefined, last: undefined }
    ranks.splice(index, 0, one)
    return one
  }
}

/** By priority; among equals the children of what has begun go before what has not. Parents that wait would only pile up otherwise. */
export function rankOf({ plan, parent }: Task): number {
  return 2 * plan.priority + (parent === undefined ? 0 : 1)
}

/** Whether `a` is to be started before `b`. */
export function isAhead(a: Task, b: Task): boolean {
  const first = rankOf(a)
  const second = rankOf(b)
  return first > second || (first === second && a.serial < b.serial)
}
