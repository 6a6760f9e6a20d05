import type { TaskSnapshot } from "../../../../machines/task/snapshot.ts"
import { type ActorFrame, type FrameEvent, type FrameSnapshot, frameVersion } from "../../frame.ts"
import type { Entry } from "./recording.ts"

/** What an actor is in from one frame on. */
export interface Stage {
  readonly number: number
  readonly snapshot: FrameSnapshot
  readonly event: FrameEvent
}

/** What is known of a task, as far as a recording from anywhere has it. */
export type KnownTask = Pick<TaskSnapshot, "id" | "name"> & Partial<TaskSnapshot>

/** How an actor is, for people. */
export type Status = "pending" | "running" | "completed" | "failed" | "cancelled" | "active" | "done" | "stopped"

const mostWaiting = 50

export class Actor {
  readonly sessionId: string
  readonly name: string
  readonly rootId: string | undefined
  readonly parentId: string | undefined
  readonly createdAt: string
  definition: string | undefined
  parent: Actor | undefined
  children: Actor[] = []
  /** Events that it was sent, and of which it is not known yet where they lead. */
  #waiting: Entry[] = []
  #stages: Stage[] = []

  constructor({ sessionId, name, rootId, parentId, createdAt }: ActorFrame) {
    this.sessionId = sessionId
    this.name = name
    this.rootId = rootId
    this.parentId = parentId
    this.createdAt = createdAt
  }

  get snapshot(): FrameSnapshot {
    return this.#stages.at(-1)?.snapshot ?? {}
  }

  get isOver(): boolean {
    const { status } = this.snapshot
    return status !== undefined && status !== "active"
  }

  /** The task that it is the actor of, if it is one. */
  get task(): KnownTask | undefined {
    return taskIn(this.snapshot, this.name)
  }

  /** What people call it. */
  get title(): string {
    const { task } = this
    if (task !== undefined) return task.name
    return this.pipeline === undefined ? this.name : "steps"
  }

  /** The task of the pipeline whose machine it is. */
  get pipeline(): Actor | undefined {
    const { name, parent } = this
    return parent !== undefined && name === `${parent.name}.steps` ? parent : undefined
  }

  /** The machine of the pipeline whose task it is. */
  get steps(): Actor | undefined {
    return this.children.find(({ name }) => name === `${this.name}.steps`)
  }

  /** What tells tasks of one name apart: the caller's key, else the number in the id. */
  get shortId(): string {
    const task = this.task ?? this.pipeline?.task
    if (task === undefined) return ""
    const { key, id } = task
    if (key === undefined || key === id) return `#${/(\d+)$/.exec(id)?.[1] ?? id}`
    return Array.isArray(key) ? key.join(" ") : String(key)
  }

  changed(number: number, snapshot: FrameSnapshot, event: FrameEvent): void {
    this.#stages.push({ number, snapshot, event })
  }

  wasSent(entry: Entry): void {
    this.#waiting.push(entry)
    if (this.#waiting.length > mostWaiting) this.#waiting.shift()
  }

  /** The line of the event that has led to a change. Those before it have led nowhere. */
  entryOf(event: FrameEvent): Entry | undefined {
    const text = JSON.stringify(event)
    const index = this.#waiting.findIndex(
      (entry) => entry.event.type === event.type && JSON.stringify(entry.event) === text,
    )
    return index === -1 ? undefined : this.#waiting.splice(0, index + 1).at(-1)
  }

  add(child: Actor): void {
    child.parent = this
    this.children.push(child)
  }

  hasLivingWithin(): boolean {
    return this.children.some((child) => !child.isOver || child.hasLivingWithin())
  }

  /** What it was in at that frame; undefined before it appeared. */
  stageAt(moment: number | undefined): Stage | undefined {
    return moment === undefined ? this.#stages.at(-1) : this.#stages[this.#indexAt(moment)]
  }

  /** The one before. */
  stageBefore(moment: number | undefined): Stage | undefined {
    return this.#stages[(moment === undefined ? this.#stages.length - 1 : this.#indexAt(moment)) - 1]
  }

  /** Forgets what is older, and tells whether there is nothing of interest left. */
  dropBefore(oldest: number): boolean {
    const kept = this.#stages.findIndex(({ number }) => number >= oldest)
    if (kept > 1) this.#stages = this.#stages.slice(kept - 1)
    else if (kept === -1) this.#stages = this.#stages.slice(-1)
    return kept === -1 && this.isOver && this.children.length === 0
  }

  /** As if it appeared now. */
  frame(): ActorFrame {
    const { name, sessionId, parentId, rootId, createdAt, definition, snapshot } = this
    const known = { name, sessionId, parentId, rootId, createdAt, definition, snapshot }
    return { type: "@xstate.actor", ...known, id: null, _version: frameVersion }
  }

  #indexAt(moment: number): number {
    let low = 0
    let high = this.#stages.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#stages[middle]?.number ?? Infinity) <= moment) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

/** The task in a snapshot of its actor. */
export function taskIn({ context }: FrameSnapshot, name: string): KnownTask | undefined {
  if (typeof context !== "object" || context === null || !("phase" in context) || !("name" in context)) return undefined
  return "id" in context && context.id === name ? (context as KnownTask) : undefined
}

/** How an actor is, told by its snapshot. */
export function statusOf(snapshot: FrameSnapshot, name: string): Status {
  const task = taskIn(snapshot, name)
  const isUnseen = snapshot.status === "stopped" && task?.settledAt === undefined
  if (task?.status !== undefined && !isUnseen) return task.status
  switch (snapshot.status) {
    case "error":
      return "failed"
    case "stopped":
      return "stopped"
    case "done":
      return endOf(snapshot)
    default:
      return "active"
  }
}

/** A pipeline's machine ends as its task does. */
function endOf({ value }: FrameSnapshot): Status {
  return value === "completed" || value === "failed" || value === "cancelled" ? value : "done"
}
