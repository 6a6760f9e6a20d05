import type { EncodedSnapshot } from "../../../runtime/failure/codec/failure-codec.ts"
import type { TaskRecord } from "../../../runtime/ports/store.ts"
import { keyText } from "../../../runtime/supervisor/keys.ts"
import type { CheckedQuery } from "../query/checked-query.ts"
import { failureText } from "../query/failure-text.ts"
import { keysMeant } from "../query/keys-meant.ts"

/** Whether a task matches every given field. */
export function matches({ snapshot, isDead }: TaskRecord, query: CheckedQuery): boolean {
  const { statuses, name, tag, key, text, parent, schedule, since, before, dead } = query
  const { origin } = snapshot
  return (
    (statuses === undefined || statuses.includes(snapshot.status)) &&
    (name === undefined || isNamed(snapshot.name, name)) &&
    (tag === undefined || snapshot.tags.includes(tag)) &&
    (key === undefined || keysMeant(key).includes(keyText(snapshot.key))) &&
    (parent === undefined || (snapshot.parent ?? null) === parent) &&
    (schedule === undefined || (origin?.type === "schedule" && origin.schedule === schedule)) &&
    (since === undefined || snapshot.submittedAt >= since) &&
    (before === undefined || snapshot.submittedAt < before) &&
    (dead === undefined || isDead === dead) &&
    (text === undefined || holds(snapshot, text.toLowerCase()))
  )
}

function holds(snapshot: EncodedSnapshot, part: string): boolean {
  const { id, name, key, message } = snapshot
  const texts = [id, name, key === id ? undefined : keyText(key), message, failureText(snapshot)]
  return texts.some((text) => text?.toLowerCase().includes(part) ?? false)
}

function isNamed(name: string, wanted: string): boolean {
  return wanted.endsWith("*") ? name.startsWith(wanted.slice(0, -1)) : name === wanted
}
