import type { EntryData } from "../../../runtime/ports/store.ts"
import type { PlacedEntry } from "../batch/shares.ts"
import { jsonText } from "../encoding/json-text.ts"
import { cloneBytes, readClone } from "./clone-bytes.ts"

/** An entry as it stands in a row: how far behind the row's own position, when, and what; a bare word where there is nothing else to it. */
type Written = readonly [offset: number, at: number, what: EntryData | BareType]

type BareType = "due" | "start" | "complete" | "stop"

export interface ReadEntry {
  readonly position: number
  readonly at: number
  readonly what: EntryData
}

/** Entries of one task as one value of a row that stands at `start`. */
export function writeEntries(entries: readonly PlacedEntry[], start: number): string | Uint8Array {
  let text = ""
  for (const { position, entry } of entries) {
    const what = dataText(entry.what)
    if (what === undefined) return cloneBytes(entries.map((placed) => written(placed, start)))
    text += `${text === "" ? "[" : ","}[${position - start},${entry.at},${what}]`
  }
  return `${text}]`
}

/** How many bytes it will be, at most or nearly so. */
export function bytesOf({ entry: { what } }: PlacedEntry): number {
  if (what.type !== "emit" && what.type !== "log") return 0
  const { data } = what
  // three bytes of UTF-8 for each unit of a text; here all that is no text is bytes
  return typeof data === "string" ? 3 * data.length : (data as Uint8Array).byteLength
}

export function readEntries(kept: string | Uint8Array, start: number): ReadEntry[] {
  const isText = typeof kept === "string"
  const entries = (isText ? JSON.parse(kept) : readClone(kept)) as readonly Written[]
  return entries.map(([offset, at, what]) => {
    const data: EntryData = typeof what === "string" ? { type: what } : what
    return { position: start + offset, at, what: isText ? withKeptData(data) : data }
  })
}

/** As JSON, where that says all of it. What a body emitted or logged stands in it as it is kept: it is JSON already. */
function dataText(what: EntryData): string | undefined {
  switch (what.type) {
    case "due":
    case "start":
    case "complete":
    case "stop":
      return `"${what.type}"`
    case "emit":
    case "log": {
      const { data, ...rest } = what
      return typeof data === "string" ? `${plainText(rest).slice(0, -1)},"data":${data}}` : undefined
    }
    case "fail":
      return jsonText(what.failure) === undefined ? undefined : plainText(what)
    default:
      return plainText(what)
  }
}

/** Of the runtime's own data, in which `undefined` means that something is missing. */
function plainText(what: object): string {
  return JSON.stringify(what)
}

function written({ position, entry }: PlacedEntry, start: number): Written {
  return [position - start, entry.at, entry.what]
}

function withKeptData(what: EntryData): EntryData {
  return what.type === "emit" || what.type === "log" ? { ...what, data: JSON.stringify(what.data) } : what
}
