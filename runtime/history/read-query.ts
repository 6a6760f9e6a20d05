import type { TaskStatus } from "../../machines/task/snapshot.ts"
import { show } from "../failure/show.ts"
import type { TaskQuery, TaskSort } from "../ports/store.ts"
import { keyText } from "../supervisor/keys.ts"
import type { HistoryQuery } from "./history.ts"

const statuses: readonly TaskStatus[] = ["pending", "running", "completed", "failed", "cancelled"]
const sorts: readonly TaskSort[] = ["newest", "oldest", "settled-newest", "settled-oldest"]
const longestPage = 1000

/**
 * A query, or its text, as the store is asked.
 *
 * @throws TypeError or RangeError that names the field, its value and what is accepted.
 */
export function readQuery(query: HistoryQuery | string): TaskQuery {
  const given = typeof query === "string" ? parse(query) : query
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`${action}: a query is an object or a text, current value is ${show(given)}`)
  }
  const { status, name, tag, key, text, parent, schedule, since, before, dead, sort, limit = 50, cursor } = given
  if (status !== undefined) statusesIn(status, "status")
  for (const [field, value] of Object.entries({ name, tag, text, schedule, cursor })) {
    check(value === undefined || typeof value === "string", field, value, "a text")
  }
  check(parent === undefined || parent === null || typeof parent === "string", "parent", parent, "an id, or null")
  check(dead === undefined || typeof dead === "boolean", "dead", dead, "true or false")
  check(sort === undefined || sorts.includes(sort), "sort", sort, `one of ${sorts.join(", ")}`)
  check(Number.isInteger(limit) && limit >= 1 && limit <= longestPage, "limit", limit, `1 to ${longestPage}`)
  return {
    status,
    name,
    tag,
    key: key === undefined ? undefined : keyText(key),
    text,
    parent,
    schedule,
    since: instant(since, "since"),
    before: instant(before, "before"),
    dead,
    sort,
    limit,
    cursor,
  }
}

const action = "Cannot read the query"

function check(isGood: boolean, field: string, value: unknown, accepted: string): void {
  if (!isGood) throw new RangeError(`${action}: "${field}" must be ${accepted}, current value is ${show(value)}`)
}

function instant(value: Date | number | undefined, field: string): number | undefined {
  const ms = value instanceof Date ? value.getTime() : value
  check(ms === undefined || Number.isFinite(ms), field, value, "a Date, or milliseconds since the epoch")
  return ms
}

/** With a field or none; a key may be an array in JSON, blanks and all. */
const wordPattern = /key:\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\](?!\S)|(?:\w+:)?(?:"[^"]*"|\S+)/g

/** Flower's way of searching: `state:failed name:imp tag:nightly words`. */
function parse(text: string): HistoryQuery {
  const words: string[] = []
  const query: { -readonly [Field in keyof HistoryQuery]: HistoryQuery[Field] } = {}
  for (const [word] of text.matchAll(wordPattern)) {
    const colon = /^(\w+):(.*)$/.exec(word)
    const value = unquoted(colon?.[2] ?? word)
    switch (colon?.[1]) {
      case "state":
      case "status":
        query.status = statusesIn(value.split(","), colon?.[1] ?? "")
        break
      case "name":
        query.name = value.endsWith("*") ? value : `${value}*`
        break
      case "tag":
        query.tag = value
        break
      case "schedule":
        query.schedule = value
        break
      case "parent":
        query.parent = value === "none" ? null : value
        break
      case "key":
        query.key = keyIn(colon?.[2] ?? "")
        break
      case "is":
        check(value === "dead", "is", value, '"dead"')
        query.dead = true
        break
      default:
        words.push(unquoted(word))
    }
  }
  if (words.length > 0) query.text = words.join(" ")
  return query
}

function statusesIn(text: unknown, field: string): readonly TaskStatus[] {
  return [text].flat().map((one) => {
    const status = statuses.find((known) => known === one)
    check(status !== undefined, field, one, `one of ${statuses.join(", ")}`)
    return status as TaskStatus
  })
}

function unquoted(word: string): string {
  return /^".*"$/.test(word) ? word.slice(1, -1) : word
}

/** `7` is the number, by which stores find the text as well. An array is written as JSON. */
function keyIn(written: string): NonNullable<HistoryQuery["key"]> {
  if (written.startsWith("[")) return arrayIn(written)
  const value = unquoted(written)
  return value !== "" && String(Number(value)) === value && Number.isFinite(Number(value)) ? Number(value) : value
}

function arrayIn(written: string): NonNullable<HistoryQuery["key"]> {
  try {
    return JSON.parse(written) as NonNullable<HistoryQuery["key"]>
  } catch {
    throw new RangeError(
      `${action}: "key" must be a text, a number or an array in JSON, such as key:["a", 7], current value is ${show(written)}; put a text that begins with a bracket in quotes`,
    )
  }
}
