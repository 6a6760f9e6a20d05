import type { Actor } from "./actor.ts"
import { statusOf } from "./actor.ts"

/** What somebody looks for: words that must all be there, and statuses of which one must be. */
export interface Filter {
  readonly words: readonly string[]
  readonly statuses: ReadonlySet<string>
}

/** `resize status:failed` */
export function filterOf(text: string, chosen: Iterable<string> = []): Filter {
  const parts = text.toLowerCase().split(/\s+/).filter(Boolean)
  const statuses = parts.filter((part) => part.startsWith("status:")).map((part) => part.slice("status:".length))
  return {
    words: parts.filter((part) => !part.startsWith("status:")),
    statuses: new Set([...statuses.filter(Boolean), ...chosen]),
  }
}

export function isEmpty({ words, statuses }: Filter): boolean {
  return words.length === 0 && statuses.size === 0
}

export function matches(actor: Actor, { words, statuses }: Filter, moment: number | undefined): boolean {
  if (statuses.size > 0) {
    const snapshot = actor.stageAt(moment)?.snapshot
    if (snapshot === undefined || !statuses.has(statusOf(snapshot, actor.name))) return false
  }
  if (words.length === 0) return true
  const text = textOf(actor)
  return words.every((word) => text.includes(word))
}

const texts = new WeakMap<Actor, string>()

/** Name, id and key: what does not change. */
function textOf(actor: Actor): string {
  let text = texts.get(actor)
  if (text === undefined) {
    const { task, title, name } = actor
    const key = task?.key === undefined ? "" : Array.isArray(task.key) ? task.key.join(" ") : String(task.key)
    const tags = Array.isArray(task?.tags) ? task.tags.join(" ") : ""
    text = `${title} ${name} ${key} ${tags}`.toLowerCase()
    texts.set(actor, text)
  }
  return text
}
