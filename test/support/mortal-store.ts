import type { Store, StoreBatch, StoreSession } from "tasktor"
import { StoreError } from "tasktor"

/** A store whose programs can be killed, and which can be made to refuse what it is given. */
export interface MortalStore extends Store {
  /** All batches that were committed. */
  readonly batches: readonly StoreBatch[]
  /** How often it has refused one. */
  readonly refusals: number
  /** From now on nothing of what the programs do that have it open reaches the store; the next one finds what they left. */
  kill(): void
  /** Refuses each commit with this error until it is called without one. */
  refuse(error?: Error): void
}

export function mortalStore(store: Store): MortalStore {
  const batches: StoreBatch[] = []
  const sessions = new Set<StoreSession>()
  const killed = new WeakSet<StoreSession>()
  let refusal: Error | undefined
  let refusals = 0
  // Of one program: the next one has objects of its own.
  let schedules: Map<string, unknown> | undefined
  return {
    name: store.name,
    batches,
    get refusals() {
      return refusals
    },
    open: (host) => {
      const session = store.open(host)
      sessions.add(session)
      const own = (schedules ??= structuredClone(new Map(session.schedules)))
      const commit = (batch: StoreBatch): void => {
        if (refusal !== undefined) {
          refusals++
          throw refusal
        }
        for (const name of batch.schedules) keep(session.schedules, name, own.get(name))
        session.commit(batch)
        batches.push({ ...batch, schedules: new Set(batch.schedules) })
      }
      return new Proxy(session, {
        get: (target, name) => {
          if (name === "schedules") return own
          if (killed.has(session)) return ofTheDead(name)
          if (name === "commit") return commit
          if (name === "close") sessions.delete(session)
          const value: unknown = Reflect.get(target, name, target)
          return typeof value === "function" ? (value as () => unknown).bind(target) : value
        },
      })
    },
    kill: () => {
      for (const session of sessions) {
        killed.add(session)
        session.close()
      }
      sessions.clear()
      schedules = undefined
    },
    refuse: (error) => (refusal = error),
  }
}

function keep(schedules: Map<string, unknown>, name: string, value: unknown): void {
  if (value === undefined) schedules.delete(name)
  else schedules.set(name, value)
}

/** Whoever was killed does nothing any more. */
function ofTheDead(name: string | symbol): unknown {
  if (name === "name") return "dead"
  if (name === "last") return 0
  if (name === "sweepEveryMs") return 60_000
  if (name === "encode") return () => "null"
  if (name === "childrenOf" || name === "living" || name === "entries") return () => []
  if (name === "sweep") return () => 0
  if (name === "commit") {
    return () => {
      throw new StoreError("closed", "Cannot write: its program was killed")
    }
  }
  return () => undefined
}
