import type { TaskKey, TaskSnapshot, TaskStatus } from "../../machines/task/snapshot.ts"
import type { TaskFact } from "../events/task-fact.ts"
import type { TaskSort } from "../ports/store.ts"
import type { SupervisorSnapshot } from "../supervisor/view.ts"
import type { TaskHandle } from "../task/handle.ts"
import type { RunOptions } from "../task/run-options.ts"

/** Which tasks: those that match every given field. Instants are Dates, or milliseconds since the epoch. */
export interface HistoryQuery {
  readonly status?: TaskStatus | readonly TaskStatus[] | undefined
  /** The whole name, or its beginning and a `*`. */
  readonly name?: string | undefined
  readonly tag?: string | undefined
  /** A number finds the text of the same digits as well. */
  readonly key?: TaskKey | undefined
  /** Part of the id, the name, the key, the message or the failure; small and capital letters are the same. */
  readonly text?: string | undefined
  /** Of this parent; `null`: those that have none. */
  readonly parent?: string | null | undefined
  /** Submitted by the schedule of this name. */
  readonly schedule?: string | undefined
  /** Submitted then or later. */
  readonly since?: Date | number | undefined
  /** Submitted before. */
  readonly before?: Date | number | undefined
  /** Dead letters: those that failed, and have no attempt left. */
  readonly dead?: boolean | undefined
  /** By the time of their submission or their end. Default "newest": submitted last. */
  readonly sort?: TaskSort | undefined
  /** A whole number, 1 to 1,000; default 50. */
  readonly limit?: number | undefined
  /** `next` of the page before. */
  readonly cursor?: string | undefined
}

/** One page of an answer. */
export interface HistoryPage {
  readonly tasks: readonly TaskSnapshot[]
  /** The cursor of the next page; undefined where there is none. */
  readonly next: string | undefined
}

/**
 * What the supervisor's store keeps of its tasks, the living ones included. Without a store, all of these reject with a TypeError.
 */
export interface TaskHistory {
  /**
   * The tasks that match: a query, or its text: `state:failed name:imp tag:nightly some words` (`state`, `name` (its beginning), `tag`,
   * `key`, `schedule`, `is:dead`; all other words are looked for in the text).
   *
   * @throws TypeError or RangeError (as a rejection) for a query that cannot be read.
   * @example
   * const { tasks, next } = await supervisor.history.list("state:failed name:import")
   * for (const task of tasks) console.log(task.id, task.outcome)
   */
  list(query?: HistoryQuery | string): Promise<HistoryPage>
  /**
   * Dead letters: tasks that failed and have no attempt left, with the failure of every attempt (`outcome.attempts`). `resubmit` gives
   * one another chance.
   */
  deadLetters(query?: HistoryQuery): Promise<HistoryPage>
  /**
   * The supervisor as it was: at an instant (the last moment at which the clock showed that or less), or after an entry of the log (its
   * position, counted from 1). What the store has forgotten since is not in it.
   *
   * @example
   * const yesterday = await supervisor.history.at(new Date(Date.now() - 24 * 60 * 60 * 1000))
   * console.log(yesterday.tasks.length, yesterday.counts)
   */
  at(moment: Date | number): Promise<SupervisorSnapshot>
  /** The position of the last entry of the log; 0 when nothing has ever happened. */
  last(): Promise<number>
  /**
   * One task's ordered stream, from its submission on, or from after a `sequence`.
   *
   * @throws TaskNotFoundError (as a rejection) for an id that the store does not know.
   */
  facts(id: string, options?: { readonly after?: number }): Promise<readonly TaskFact[]>
  /**
   * Submits a settled task again, as a new task with the same arguments, settings and key, which is linked to the old one (`origin`).
   * Limits that were Dates are left out: they have passed. Where its key is held, it runs after what holds that (`onConflict`, "queue" here).
   *
   * @throws TaskNotFoundError for an unknown id, TypeError for a task that lives, is a step of a pipeline, or had no definition.
   */
  resubmit(id: string, options?: RunOptions): Promise<TaskHandle>
  /** Cancels what is queued and matches, and nothing that has begun, waits for an instant or has settled. Gives how many. */
  purge(query?: HistoryQuery | string): Promise<number>
}
