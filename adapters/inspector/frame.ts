/**
 * What an inspector is told, in the form that Stately's inspector speaks as well. One JSON object for each.
 *
 * Source: `StatelyInspectionEvent` of @statelyai/inspect 0.7.2.
 */
export type Frame = ActorFrame | EventFrame | SnapshotFrame | CountsFrame

/** What every frame has. */
export interface FrameOrigin {
  /** The number of the frame, as a text: it grows by one with each frame of a recording. Stately's own frames have `null`. */
  readonly id: string | null
  /** Milliseconds since the epoch, as a text. */
  readonly createdAt: string
  readonly _version: string
}

/** What every frame has that is about an actor. */
export interface FrameOfActor extends FrameOrigin {
  /** XState's name for the actor: unique in a process. */
  readonly sessionId: string
  readonly rootId?: string | undefined
}

/** An actor is there. */
export interface ActorFrame extends FrameOfActor {
  readonly type: "@xstate.actor"
  readonly name: string
  readonly parentId?: string | undefined
  /** The configuration of its statechart, as JSON text. */
  readonly definition?: string | undefined
  readonly snapshot: FrameSnapshot
}

/** An actor is sent an event. */
export interface EventFrame extends FrameOfActor {
  readonly type: "@xstate.event"
  readonly sourceId?: string | undefined
  readonly event: FrameEvent
}

/** An actor has a new snapshot, because of that event. */
export interface SnapshotFrame extends FrameOfActor {
  readonly type: "@xstate.snapshot"
  readonly event: FrameEvent
  readonly snapshot: FrameSnapshot
}

/** tasktor's own: how many tasks the policy has left out so far. Stately's inspector passes it over. */
export interface CountsFrame extends FrameOrigin, TaskCounts {
  readonly type: "@tasktor.counts"
}

/** How many tasks there were, and how many of them can be looked at. */
export interface TaskCounts {
  readonly tasks: number
  /** Those that the policy has left out. */
  readonly leftOut: number
}

export interface FrameEvent {
  readonly type: string
  readonly [property: string]: unknown
}

export interface FrameSnapshot {
  readonly status?: "active" | "done" | "error" | "stopped"
  readonly value?: unknown
  readonly context?: unknown
  readonly [property: string]: unknown
}

/** The version of the wire protocol: that of the @statelyai/inspect whose frames these are. */
export const frameVersion = "0.7.2"

/** The WebSocket subprotocol of tasktor's own page: frames in batches, each definition once. Without it a client gets Stately's frames. */
export const batchProtocol = "tasktor.inspector.1"

/** A frame as it is in a batch: its definition is a number, which one of the batches explains. */
export type BatchFrame =
  | Exclude<Frame, ActorFrame>
  | (Omit<ActorFrame, "definition"> & { readonly definition?: number })

/** A message of `batchProtocol`. */
export interface Batch {
  /** The run of the inspector: another one begins to count anew. */
  readonly run: string
  /** How many frames were dropped before this batch, because the reader was slow or came late. What lives is told anew then. */
  readonly missed: number
  /** Nobody who lives is missing among the actors that are told anew: whoever is not among them has ended. */
  readonly complete: boolean
  /** There are more of these actors: they and the frames come in the next batch. */
  readonly goesOn: boolean
  /** Actors as they were before the frames of this batch. */
  readonly actors: readonly BatchFrame[]
  readonly definitions: Readonly<Record<string, string>>
  readonly frames: readonly BatchFrame[]
}
