import type { TaskKey } from "../../../machines/task/snapshot.ts"
import { type Offer, type Offers, toWorker } from "./envelopes.ts"

/** An attempt that the pool has offered and the worker has not begun. */
export interface Offered {
  readonly slot: number
  readonly ticket: number
  readonly definition: number
  readonly id: string
  readonly args: readonly unknown[]
  readonly attempt: number
  readonly key: TaskKey
  readonly scheduledFor: number | undefined
}

/** What an envelope offers, in its order. */
export function offeredBy(envelope: Offer | Offers): readonly Offered[] {
  if (envelope[0] === toWorker.offer) {
    const [, slot, ticket, definition, id, args, attempt, key = id, scheduledFor] = envelope
    return [{ slot, ticket, definition, id, args, attempt, key, scheduledFor }]
  }
  const all: Offered[] = []
  for (let at = 1; at < envelope.length; at += 5) {
    const id = envelope[at + 3] as string
    all.push({
      slot: envelope[at] as number,
      ticket: envelope[at + 1] as number,
      definition: envelope[at + 2] as number,
      id,
      args: envelope[at + 4] as readonly unknown[],
      attempt: 1,
      key: id,
      scheduledFor: undefined,
    })
  }
  return all
}
