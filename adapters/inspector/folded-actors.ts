import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { Definitions } from "./definitions.ts"
import type { FrameSnapshot } from "./frame.ts"
import type { KeptFrame } from "./kept-frame.ts"
import { isShort, tooMuch } from "./plain-value.ts"
import { Weight } from "./weight.ts"

export interface ActorLimits {
  /** Not counting those that none is above. */
  readonly actors: number
  readonly bytes: number
}

/** A snapshot that is shorter stays as it is. */
const brief = 1000

/**
 * The living actors whose beginnings are gone, each as it was before the oldest frame. Where they are too many, their snapshots are cut to
 * what the tree and the statechart need; then the oldest are forgotten, those that belong to another one first.
 */
export class FoldedActors {
  readonly #limits: ActorLimits
  readonly #weight: Weight
  readonly #roots = new Map<string, KeptFrame>()
  readonly #others = new Map<string, KeptFrame>()
  /** How many of those that live have been forgotten. */
  #forgotten = 0
  /** Those of which something can be cut. */
  readonly #whole = new Set<string>()

  constructor(limits: ActorLimits, definitions: Definitions) {
    this.#limits = limits
    this.#weight = new Weight(definitions)
  }

  get bytes(): number {
    return this.#weight.bytes
  }

  /** Whether nobody is missing who lives. */
  get isComplete(): boolean {
    return this.#forgotten === 0
  }

  *all(): Iterable<KeptFrame> {
    yield* this.#roots.values()
    yield* this.#others.values()
  }

  get(sessionId: string): KeptFrame | undefined {
    return this.#roots.get(sessionId) ?? this.#others.get(sessionId)
  }

  set(frame: KeptFrame): void {
    this.#put(frame)
    const { actors, bytes } = this.#limits
    for (let isCut = true; isCut && this.bytes > bytes;) isCut = this.#cutOldest()
    const isTooMuch = (): boolean => this.bytes > bytes && this.#others.size + this.#roots.size > 1
    while (this.#others.size > actors || isTooMuch()) this.#forgetOldest()
  }

  /** It has ended. */
  end(sessionId: string): void {
    // Each has been here.
    if (!this.#delete(sessionId)) this.#forgotten = Math.max(0, this.#forgotten - 1)
  }

  #delete(sessionId: string): boolean {
    const frame = this.get(sessionId)
    if (frame === undefined) return false
    this.#mapOf(frame).delete(sessionId)
    this.#whole.delete(sessionId)
    this.#weight.remove(frame)
    return true
  }

  #put(frame: KeptFrame): void {
    const { sessionId, snapshot = "" } = frame
    const before = this.get(sessionId)
    // Before the other one goes: they have one definition.
    this.#weight.add(frame)
    if (before !== undefined) this.#weight.remove(before)
    this.#mapOf(frame).set(sessionId, frame)
    if (snapshot.length > brief) this.#whole.add(sessionId)
    else this.#whole.delete(sessionId)
  }

  /** Whether there was still something to cut. */
  #cutOldest(): boolean {
    const [sessionId] = this.#whole
    const frame = sessionId === undefined ? undefined : this.get(sessionId)
    if (frame === undefined) return false
    this.#put({ ...frame, snapshot: briefOf(frame.snapshot) })
    this.#whole.delete(frame.sessionId)
    return true
  }

  #forgetOldest(): void {
    const [oldest] = this.#others.size > 0 ? this.#others.keys() : this.#roots.keys()
    if (oldest !== undefined && this.#delete(oldest)) this.#forgotten++
  }

  #mapOf({ isOfRoot }: KeptFrame): Map<string, KeptFrame> {
    return isOfRoot ? this.#roots : this.#others
  }
}

/** What tells a task from other actors, and one task from the others. */
const known: readonly (keyof TaskSnapshot)[] = [
  "id",
  "key",
  "name",
  "executor",
  "status",
  "phase",
  "progress",
  "attempt",
  "submittedAt",
  "startedAt",
  "parent",
  "tags",
]

/** Of a pipeline: how far its fan-outs are, by their places in the chart. */
interface Pipeline {
  readonly counts?: unknown
}

function briefOf(snapshot = "{}"): string {
  const { status, value, context } = JSON.parse(snapshot) as FrameSnapshot
  const all: (Partial<TaskSnapshot> & Pipeline) | null = typeof context === "object" ? context : {}
  const kept = known.flatMap((name) => (isShort(all?.[name]) ? [[name, all?.[name]] as const] : []))
  const own = { ...Object.fromEntries(kept), "…": tooMuch }
  const told = [
    { status, value, context: { counts: all?.counts, ...own } },
    { status, value, context: own },
    { status, value: tooMuch },
  ]
  return told.map((one) => JSON.stringify(one)).find((text) => text.length <= 4 * brief) ?? "{}"
}
