import { type Frame, type FrameEvent, type FrameSnapshot, frameVersion, type TaskCounts } from "../../frame.ts"
import { Actor, type Status, statusOf } from "./actor.ts"

/** One line of the log: an actor that appeared, or an event that one was sent and what came of it. */
export interface Entry {
  /** Grows by one with each frame. */
  readonly number: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly actor: Actor
  readonly type: "appeared" | "event"
  readonly source: string | undefined
  readonly event: FrameEvent
  /** What the actor was in before, and what it is in since. Undefined where the event has changed nothing, so far. */
  readonly before: FrameSnapshot | undefined
  after: FrameSnapshot | undefined
  /** The number of the frame that told of the change; before that, its own. */
  since: number
}

/** Frames have been missed: what has ended meanwhile. */
export interface Gap {
  readonly type: "gap"
  /** Of an actor that was known before. */
  readonly isOver: (sessionId: string) => boolean
}

/** More than these are not kept: the oldest go first. */
const mostFrames = 120_000
const dropAtOnce = 20_000

/** All that has been told, in the form in which it is looked at. */
export class Recording {
  /** By the names that XState gave them. */
  readonly actors = new Map<string, Actor>()
  roots: Actor[] = []
  /** By the ids of their tasks. */
  readonly #tasks = new Map<string, Actor>()
  #orphans = new Map<string, Actor[]>()
  frames: Frame[] = []
  entries: Entry[] = []
  counts: TaskCounts | undefined
  /** Frames that the page has dropped, or has never got. */
  missed = 0
  #next = 0
  /** Changes whenever actors come or go. */
  structure = 0
  /** How many tasks are in each status now. */
  readonly taskCounts = new Map<Status, number>()
  /** Changes whenever the older part of the log has changed, so that whoever reads on must begin anew. */
  epoch = 0

  get last(): number {
    return this.#next - 1
  }

  clear(): void {
    this.actors.clear()
    this.roots = []
    this.#tasks.clear()
    this.#orphans.clear()
    this.frames = []
    this.entries = []
    this.counts = undefined
    this.missed = 0
    this.taskCounts.clear()
    this.structure++
    this.epoch++
  }

  /** Forgets what has happened. What lives stays. */
  forget(): void {
    const living = [...this.actors.values()].filter((actor) => !actor.isOver || actor.hasLivingWithin())
    const frames = living.map((actor) => actor.frame())
    const { counts } = this
    this.clear()
    for (const frame of frames) this.add(frame)
    this.counts = counts
  }

  add(frame: Frame | Gap): void {
    switch (frame.type) {
      case "gap":
        return this.#endUnseen(frame)
      case "@xstate.actor":
        this.#appear(frame)
        break
      case "@xstate.event":
        this.#event(frame)
        break
      case "@xstate.snapshot":
        this.#snapshot(frame)
        break
      case "@tasktor.counts":
        this.counts = frame
        break
      // A later version may tell more.
      default:
        return
    }
    this.frames.push(frame)
    this.#next++
    if (this.frames.length > mostFrames) this.#dropOldest()
  }

  #appear(frame: Frame & { type: "@xstate.actor" }): void {
    const { sessionId, definition, snapshot } = frame
    const known = this.actors.get(sessionId)
    if (known !== undefined) {
      // Told anew, to one who has missed something.
      if (known.snapshot !== snapshot) this.#change(known, snapshot, { type: "" })
      return
    }
    const actor = new Actor(frame)
    if (definition !== undefined) actor.definition = definition
    this.#change(actor, snapshot, { type: "" })
    this.actors.set(sessionId, actor)
    this.structure++
    const { task } = actor
    if (task !== undefined) this.#tasks.set(task.id, actor)
    this.#place(actor)
    this.#adopt(actor)
    this.#log(actor, "appeared", frame, { type: "" }).after = snapshot
  }

  /** A child task is shown below the task that runs it, not below the supervisor that both belong to. */
  #place(actor: Actor): void {
    const { task, parentId } = actor
    const above = task?.parent === undefined ? undefined : this.#tasks.get(task.parent)
    const parent = above ?? (parentId === undefined ? undefined : this.actors.get(parentId))
    if (parent !== undefined && parent !== actor) return parent.add(actor)
    this.roots.push(actor)
    if (parentId !== undefined) this.#orphans.set(parentId, [...(this.#orphans.get(parentId) ?? []), actor])
  }

  /** Those whose parent comes after them. */
  #adopt(parent: Actor): void {
    const children = this.#orphans.get(parent.sessionId)
    if (children === undefined) return
    this.#orphans.delete(parent.sessionId)
    for (const child of children) {
      this.roots.splice(this.roots.indexOf(child), 1)
      parent.add(child)
    }
  }

  #event(frame: Frame & { type: "@xstate.event" }): void {
    const actor = this.#actorOf(frame)
    actor.wasSent(this.#log(actor, "event", frame, frame.event))
  }

  #snapshot(frame: Frame & { type: "@xstate.snapshot" }): void {
    const actor = this.#actorOf(frame)
    const entry = actor.entryOf(frame.event) ?? this.#log(actor, "event", frame, frame.event)
    entry.after = frame.snapshot
    entry.since = this.#next
    this.#change(actor, frame.snapshot, frame.event)
  }

  /** How they have ended nobody knows. As frames, so that a saved recording says so as well. */
  #endUnseen({ isOver }: Gap): void {
    const createdAt = String(this.entries.at(-1)?.at ?? Date.now())
    const known = { type: "@xstate.snapshot", createdAt, id: null, _version: frameVersion } as const
    for (const { sessionId, rootId, snapshot, isOver: wasOver } of [...this.actors.values()]) {
      if (wasOver || !isOver(sessionId) || !this.actors.has(sessionId)) continue
      this.add({
        ...known,
        sessionId,
        rootId,
        event: { type: "tasktor.unseen" },
        snapshot: { ...snapshot, status: "stopped" },
      })
    }
  }

  #change(actor: Actor, snapshot: FrameSnapshot, event: FrameEvent): void {
    this.#count(actor, -1)
    actor.changed(this.#next, snapshot, event)
    this.#count(actor, 1)
  }

  #count(actor: Actor, by: 1 | -1): void {
    if (actor.task === undefined) return
    const status = statusOf(actor.snapshot, actor.name)
    this.taskCounts.set(status, (this.taskCounts.get(status) ?? 0) + by)
  }

  /** Of an actor whose beginning has been missed nothing is known but what happens to it. */
  #actorOf(frame: Frame & { type: "@xstate.event" | "@xstate.snapshot" }): Actor {
    const known = this.actors.get(frame.sessionId)
    if (known !== undefined) return known
    const { sessionId, rootId, createdAt, id, _version } = frame
    const snapshot = frame.type === "@xstate.snapshot" ? frame.snapshot : { status: "active" as const }
    this.#appear({ type: "@xstate.actor", name: sessionId, sessionId, rootId, createdAt, id, _version, snapshot })
    return this.actors.get(sessionId) ?? this.#actorOf(frame)
  }

  #log(actor: Actor, type: Entry["type"], frame: Frame, event: FrameEvent): Entry {
    const entry: Entry = {
      number: this.#next,
      at: Number(frame.createdAt),
      actor,
      type,
      source: "sourceId" in frame ? frame.sourceId : undefined,
      event,
      before: type === "appeared" ? undefined : actor.snapshot,
      after: undefined,
      since: this.#next,
    }
    this.entries.push(entry)
    return entry
  }

  #dropOldest(): void {
    this.frames = this.frames.slice(dropAtOnce)
    const oldest = this.#next - this.frames.length
    this.entries = this.entries.filter(({ number }) => number >= oldest)
    this.missed += dropAtOnce
    this.epoch++
    this.structure++
    const gone = new Set([...this.actors.values()].filter((actor) => actor.dropBefore(oldest)))
    for (const actor of gone) {
      this.actors.delete(actor.sessionId)
      this.#count(actor, -1)
      if (actor.task !== undefined) this.#tasks.delete(actor.task.id)
    }
    const isLeft = (actor: Actor): boolean => !gone.has(actor)
    for (const parent of new Set(Array.from(gone, (actor) => actor.parent))) {
      if (parent === undefined) this.roots = this.roots.filter(isLeft)
      else parent.children = parent.children.filter(isLeft)
    }
  }
}
