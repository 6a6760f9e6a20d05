import type { TaskPage, TaskQuery, TaskRecord, TaskSort } from "../../../runtime/ports/store.ts"
import { checkedQuery } from "../query/checked-query.ts"
import { type Cursor, cursorText } from "../query/cursor.ts"
import { matches } from "./matches.ts"

type Order = (a: Cursor, b: Cursor) => number

const byBirth: Order = (a, b) => a.born - b.born
const byBirthBackwards: Order = (a, b) => b.born - a.born

/** Among tasks that settled at the same instant, and among the living, it is their birth that counts. */
const orders: Readonly<Record<TaskSort, Order>> = {
  newest: byBirthBackwards,
  oldest: byBirth,
  "settled-newest": livingLast((a, b) => b.settledAt - a.settledAt, byBirthBackwards),
  "settled-oldest": livingLast((a, b) => a.settledAt - b.settledAt, byBirth),
}

/** The page of `records`, which are in the order of their births, that the query asks for. */
export function pageOf(records: readonly TaskRecord[], query: TaskQuery): TaskPage {
  const checked = checkedQuery(query)
  const { place, sort, limit } = checked
  const found: TaskRecord[] = []
  // all of a sort by submission is sorted already, so that its pages end as soon as they are full
  const isBySettlement = sort === "settled-newest" || sort === "settled-oldest"
  const order = orders[sort]
  for (const record of sort === "newest" ? records.toReversed() : records) {
    if (place !== undefined && order(placeOf(record), place) <= 0) continue
    if (matches(record, checked)) found.push(record)
    if (!isBySettlement && found.length > limit) break
  }
  if (isBySettlement) found.sort((a, b) => order(placeOf(a), placeOf(b)))
  const page = found.slice(0, limit)
  const end = page.at(-1)
  const hasMore = found.length > page.length && end !== undefined
  return { records: page, next: hasMore ? cursorText(placeOf(end), isBySettlement) : undefined }
}

function placeOf({ snapshot, born }: TaskRecord): Cursor {
  return { settledAt: snapshot.settledAt, born }
}

function livingLast(bySettlement: (a: SettledPlace, b: SettledPlace) => number, otherwise: Order): Order {
  return (a, b) => {
    if (isSettled(a) && isSettled(b)) return bySettlement(a, b) || otherwise(a, b)
    return Number(isSettled(b)) - Number(isSettled(a)) || otherwise(a, b)
  }
}

interface SettledPlace extends Cursor {
  readonly settledAt: number
}

function isSettled(place: Cursor): place is SettledPlace {
  return place.settledAt !== undefined
}
