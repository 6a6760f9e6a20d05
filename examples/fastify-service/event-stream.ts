import { Readable } from "node:stream"
import type { TaskFact } from "tasktor"
import type { FactLog } from "./fact-log.ts"
import { factView } from "./views.ts"

/**
 * The facts of one task that follow `sequence`, as server-sent events, to its outcome, or until they are forgotten. It reads on only while the
 * client does, and ends when the client has `left`. A client that comes back says where it was by `Last-Event-ID`, which browsers do by
 * themselves.
 */
export function eventStream(log: FactLog, task: string, sequence: number, left: AbortSignal): Readable {
  const events = async function* (): AsyncGenerator<string> {
    for (let last = sequence; ;) {
      const facts = log.after(task, last)
      // So slow a client that so many other tasks have ended since this one.
      if (facts === undefined) return
      for (const fact of facts) {
        yield eventText(fact)
        if (fact.type === "outcome") return
        last = fact.sequence
      }
      if (facts.length === 0) await log.change(task, left)
    }
  }
  return Readable.from(events())
}

function eventText(fact: TaskFact): string {
  return `id: ${fact.sequence}\nevent: ${fact.type}\ndata: ${JSON.stringify(factView(fact))}\n\n`
}
