import type { AnyEventObject } from "xstate"
import type { Definitions } from "./definitions.ts"
import { type CountsFrame, frameVersion, type TaskCounts } from "./frame.ts"
import type { FrameStore } from "./frame-store.ts"
import type { KeptFrame } from "./kept-frame.ts"
import type { PlainValue } from "./plain-value.ts"
import { type InspectedActor, parentOf } from "./seen-actor.ts"

/** Writes frames, and gives each its number. */
export class FrameWriter {
  readonly #store: FrameStore
  readonly #definitions: Definitions
  readonly #plain: PlainValue

  constructor(store: FrameStore, definitions: Definitions, plain: PlainValue) {
    this.#store = store
    this.#definitions = definitions
    this.#plain = plain
  }

  /** The JSON of a snapshot, as frames have it. */
  snapshotText(snapshot: unknown): string {
    return JSON.stringify(this.#plain.of(snapshot) ?? { status: "active" })
  }

  actor(actor: InspectedActor, snapshot: string, isLast: boolean): void {
    const { config } = actor.logic ?? {}
    const name = nameOf(actor, config)
    this.#add({
      type: "actor",
      sessionId: actor.sessionId,
      fields: {
        type: "@xstate.actor",
        name: this.#plain.of(name),
        parentId: parentOf(actor)?.sessionId,
        rootId: rootOf(actor).sessionId,
      },
      at: Date.now(),
      snapshot,
      definition: this.#definitions.of(config, name),
      isLast,
    })
  }

  event(actor: InspectedActor, source: string | undefined, event: AnyEventObject, at: number): void {
    this.#add({
      type: "event",
      sessionId: actor.sessionId,
      fields: {
        type: "@xstate.event",
        sourceId: source,
        rootId: rootOf(actor).sessionId,
        event: this.#plain.of(event),
      },
      at,
    })
  }

  snapshot(actor: InspectedActor, event: AnyEventObject, snapshot: string, at: number, isLast: boolean): void {
    this.#add({
      type: "snapshot",
      sessionId: actor.sessionId,
      fields: { type: "@xstate.snapshot", rootId: rootOf(actor).sessionId, event: this.#plain.of(event) },
      at,
      snapshot,
      isLast,
    })
  }

  counts(counts: TaskCounts): void {
    const type: CountsFrame["type"] = "@tasktor.counts"
    this.#add({ type: "counts", sessionId: "", fields: { type, ...counts }, at: Date.now() })
  }

  #add({ type, sessionId, fields, at, snapshot, definition, isLast = false }: NewFrame): void {
    const sequence = this.#store.next
    const own = {
      ...fields,
      ...(sessionId === "" ? {} : { sessionId }),
      createdAt: String(at),
      id: String(sequence),
      _version: frameVersion,
    }
    const head = JSON.stringify(own).slice(0, -1)
    const isOfRoot = fields["rootId"] === sessionId
    this.#store.add({ type, sequence, sessionId, head, snapshot, definition, isOfRoot, isLast })
  }
}

interface NewFrame {
  readonly type: KeptFrame["type"]
  readonly sessionId: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly at: number
  readonly snapshot?: string
  readonly definition?: KeptFrame["definition"]
  readonly isLast?: boolean
}

/** The machine's id, where the actor has been given none. */
function nameOf({ id, sessionId }: InspectedActor, config: unknown): string {
  const ofMachine = (config as { readonly id?: unknown } | undefined)?.id
  return id === sessionId && typeof ofMachine === "string" ? ofMachine : id
}

function rootOf(actor: InspectedActor): InspectedActor {
  let root = actor
  for (let above = parentOf(root); above !== undefined; above = parentOf(root)) root = above
  return root
}
