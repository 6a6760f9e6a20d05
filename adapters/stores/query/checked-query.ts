import type { TaskStatus } from "../../../machines/task/snapshot.ts"
import { show } from "../../../runtime/failure/show.ts"
import type { TaskQuery, TaskSort } from "../../../runtime/ports/store.ts"
import { type Cursor, parseCursor } from "./cursor.ts"

const action = "Cannot list tasks"
const sorts: readonly TaskSort[] = ["newest", "oldest", "settled-newest", "settled-oldest"]
const allStatuses: readonly TaskStatus[] = ["pending", "running", "completed", "failed", "cancelled"]

/** A query as both stores answer it. */
export interface CheckedQuery extends TaskQuery {
  /** Undefined: all. */
  readonly statuses: readonly TaskStatus[] | undefined
  readonly sort: TaskSort
  /** The place behind which the page begins. */
  readonly place: Cursor | undefined
}

/** @throws TypeError or RangeError that names the field, its value and the remedy. */
export function checkedQuery(query: TaskQuery): CheckedQuery {
  const { status, sort = "newest", limit, cursor } = query
  const isBySettlement = sort === "settled-newest" || sort === "settled-oldest"
  if (limit !== Infinity && !(Number.isInteger(limit) && limit >= 1)) {
    throw new RangeError(`${action}: "limit" must be a whole number, 1 or more, current value is ${show(limit)}`)
  }
  if (!sorts.includes(sort)) {
    throw new TypeError(`${action}: "sort" must be one of ${sorts.join(", ")}, current value is ${show(sort)}`)
  }
  const statuses = status === undefined ? undefined : [...new Set(typeof status === "string" ? [status] : status)]
  for (const one of statuses ?? []) {
    if (!allStatuses.includes(one)) {
      throw new TypeError(`${action}: "status" must be one of ${allStatuses.join(", ")}, current value is ${show(one)}`)
    }
  }
  // none but failed tasks are dead: those have an index
  const among = query.dead === true ? (statuses ?? allStatuses).filter((one) => one === "failed") : statuses
  return {
    ...query,
    statuses: among,
    sort,
    place: cursor === undefined ? undefined : parseCursor(cursor, isBySettlement),
  }
}
