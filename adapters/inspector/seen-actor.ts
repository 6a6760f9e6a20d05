import type { AnyActorRef, AnyEventObject } from "xstate"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"

/** An actor as XState's inspection shows it. */
export type InspectedActor = AnyActorRef & { readonly logic?: { readonly config?: unknown } }

/** What the observer remembers of an actor for as long as that lives. */
export interface SeenActor {
  readonly actor: InspectedActor
  readonly isTask: boolean
  /** The actor that it belongs to. */
  readonly parent: SeenActor | undefined
  /** A task that is left out, for now or for good; or what belongs to one. */
  state: "recorded" | "left-out" | "when-running"
  /** The latest snapshot that was recorded. */
  snapshot: unknown
  /** The same as JSON. */
  snapshotText: string | undefined
  /** A task's report that has not been written yet: only the last one of a flush is. */
  report: Report | undefined
}

interface Report {
  readonly event: AnyEventObject
  readonly snapshot: unknown
  readonly at: number
}

/** The task behind an actor of a supervisor; an actor of `fromTask` has a task in it as well, and a name of its own. */
export function taskOf({ id }: InspectedActor, snapshot: unknown): TaskSnapshot | undefined {
  const context = (snapshot as { readonly context?: Partial<TaskSnapshot> } | undefined)?.context
  if (typeof context !== "object" || context === null) return undefined
  return context.id === id && "phase" in context && "executor" in context ? (context as TaskSnapshot) : undefined
}

export function parentOf(actor: InspectedActor): InspectedActor | undefined {
  return actor._parent
}

/** Of an actor whose snapshot cannot be read there is none. */
export function snapshotOf(actor: InspectedActor): unknown {
  try {
    return actor.getSnapshot()
  } catch {
    return undefined
  }
}
