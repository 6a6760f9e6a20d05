import { show } from "../../../runtime/failure/show.ts"

/**
 * The last task of a page: the next one begins behind it, whatever has come or gone meanwhile. By settlement that is two numbers,
 * because many tasks settle in one millisecond.
 */
export interface Cursor {
  /** Undefined for a living task; by submission it is always undefined. */
  readonly settledAt: number | undefined
  readonly born: number
}

export function cursorText({ settledAt, born }: Cursor, isBySettlement: boolean): string {
  return isBySettlement ? `${settledAt ?? ""}:${born}` : String(born)
}

/** @throws RangeError for a text that is no cursor, or is that of another sort. */
export function parseCursor(text: string, isBySettlement: boolean): Cursor {
  const [, settled, settledAt, born] = /^((-?[\d.]*):)?(\d+)$/.exec(text) ?? []
  if (born === undefined || (settled !== undefined) !== isBySettlement) {
    throw new RangeError(
      `Cannot list tasks: ${show(text)} is not a cursor of this sort; take "next" of the page before, of the same query`,
    )
  }
  return { settledAt: settledAt ? Number(settledAt) : undefined, born: Number(born) }
}
