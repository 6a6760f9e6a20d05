import type { TaskBirth } from "../../../machines/task/snapshot.ts"
import type { NewEntry, RecordChange, StoreBatch } from "../../../runtime/ports/store.ts"

/** An entry of a batch, and its position in the log. */
export interface PlacedEntry {
  readonly position: number
  readonly entry: NewEntry
}

/** The entries of a batch by their tasks, placed behind the last one that is kept. */
export function sharesOf(batch: StoreBatch, last: number): Map<string | undefined, PlacedEntry[]> {
  const shares = new Map<string | undefined, PlacedEntry[]>()
  let position = last
  for (const entry of batch.entries) {
    const placed = { position: ++position, entry }
    const share = shares.get(entry.task)
    if (share === undefined) shares.set(entry.task, [placed])
    else share.push(placed)
  }
  return shares
}

/** A task that is not kept yet. */
export interface Newborn {
  readonly change: RecordChange & { readonly birth: NonNullable<RecordChange["birth"]> }
  /** Its birth is the first of them. */
  readonly share: readonly PlacedEntry[]
}

/** The tasks that a batch brings, parents before their children. */
export function newbornsOf(batch: StoreBatch, shares: ReadonlyMap<string | undefined, PlacedEntry[]>): Newborn[] {
  const newborns: Newborn[] = []
  let latest = 0
  let isSorted = true
  for (const change of batch.records) {
    if (!isNewborn(change)) continue
    const share = shares.get(change.id)
    const born = share?.[0]
    if (share === undefined || born?.entry.what.type !== "born") {
      throw new TypeError(`Cannot keep the task ${change.id}: the log that came with it does not begin with its birth`)
    }
    if (born.position < latest) isSorted = false
    latest = born.position
    newborns.push({ change, share })
  }
  return isSorted ? newborns : newborns.toSorted((a, b) => bornAt(a) - bornAt(b))
}

export function bornAt({ share }: Newborn): number {
  return (share[0] as PlacedEntry).position
}

/** What the birth's entry is joined with. */
export function birthOf(change: RecordChange, { what }: NewEntry): TaskBirth {
  const { id, key, name, executor, submittedAt, parent, origin, tags, visible } = change.snapshot
  const notBefore = what.type === "born" ? what.notBefore : undefined
  return { id, key, name, executor, submittedAt, notBefore, parent, origin, tags, visible }
}

function isNewborn(change: RecordChange): change is Newborn["change"] {
  return change.birth !== undefined
}
