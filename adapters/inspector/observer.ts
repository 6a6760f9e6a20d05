import type { AnyEventObject, InspectionEvent } from "xstate"
import type { TaskCounts } from "./frame.ts"
import type { FrameWriter } from "./frame-writer.ts"
import { type InspectedActor, parentOf, type SeenActor, snapshotOf, taskOf } from "./seen-actor.ts"
import type { Judge } from "./task-policy.ts"

/** Makes frames of what XState's inspection tells, of as many tasks as the policy wants. */
export class FrameObserver {
  readonly #writer: FrameWriter
  readonly #judge: Judge
  readonly #changed: () => void
  readonly #seen = new WeakMap<InspectedActor, SeenActor>()
  /** Made, and not started yet: what they are is known when they are. */
  #newborn: InspectedActor[] = []
  readonly #reporting = new Set<SeenActor>()
  #tasks = 0
  #recorded = 0

  /** @param changed Called when there is something to flush. */
  constructor(writer: FrameWriter, judge: Judge, changed: () => void) {
    this.#writer = writer
    this.#judge = judge
    this.#changed = changed
  }

  get counts(): TaskCounts {
    return { tasks: this.#tasks, leftOut: this.#tasks - this.#recorded }
  }

  observe(inspected: InspectionEvent): void {
    const actor = inspected.actorRef as InspectedActor
    switch (inspected.type) {
      case "@xstate.actor":
        // It has no snapshot yet.
        this.#newborn.push(actor)
        return this.#changed()
      case "@xstate.event":
        return this.#event(this.meet(actor), inspected.sourceRef as InspectedActor | undefined, inspected.event)
      case "@xstate.snapshot":
        return this.#snapshot(this.meet(actor, inspected.snapshot), inspected.event, inspected.snapshot)
      // What lies between two snapshots. XState has more of these than it declares.
      default:
        return undefined
    }
  }

  /** An actor that may be new, after those above it. */
  meet(actor: InspectedActor, snapshot: unknown = snapshotOf(actor)): SeenActor {
    const known = this.#seen.get(actor)
    if (known !== undefined) return known
    const above = parentOf(actor)
    const parent = above === undefined ? undefined : this.meet(above)
    const task = taskOf(actor, snapshot)
    const verdict = task !== undefined ? this.#judge.born(task) : isLeftOut(parent) ? "leave-out" : "record"
    const seen: SeenActor = {
      actor,
      isTask: task !== undefined,
      parent,
      state: verdict === "when-running" ? verdict : "left-out",
      snapshot: undefined,
      snapshotText: undefined,
      report: undefined,
    }
    this.#seen.set(actor, seen)
    if (seen.isTask) this.#tasks++
    if (verdict === "record") this.#record(seen, snapshot)
    this.#changed()
    return seen
  }

  /** Writes what has been held back. */
  flush(): void {
    const newborn = this.#newborn
    this.#newborn = []
    for (const actor of newborn) this.meet(actor)
    for (const seen of this.#reporting) this.#writeReport(seen)
  }

  #event(seen: SeenActor, source: InspectedActor | undefined, event: AnyEventObject): void {
    if (seen.state !== "recorded" || isUnheardOf(this.#seenOf(source), event)) return
    if (seen.isTask && event.type === "report") return
    this.#writeReport(seen)
    // A task's input is the task, which its actor frame has.
    const told = seen.isTask && event.type === "xstate.init" ? { type: event.type } : event
    this.#writer.event(seen.actor, source?.sessionId, told, Date.now())
    this.#changed()
  }

  #snapshot(seen: SeenActor, event: AnyEventObject, snapshot: unknown): void {
    if (seen.state !== "recorded") return this.#reconsider(seen, event, snapshot)
    if (seen.isTask && event.type === "report" && statusOf(snapshot) === "active") {
      seen.report = { event, snapshot, at: Date.now() }
      this.#reporting.add(seen)
      return this.#changed()
    }
    this.#writeReport(seen)
    this.#writeSnapshot(seen, event, snapshot, Date.now())
    this.#changed()
  }

  #writeSnapshot(seen: SeenActor, event: AnyEventObject, snapshot: unknown, at: number): void {
    // XState tells of each event with a snapshot, whether it has changed anything or not.
    if (snapshot === seen.snapshot) return
    const text = this.#writer.snapshotText(snapshot)
    seen.snapshot = snapshot
    if (text === seen.snapshotText) return
    seen.snapshotText = text
    this.#writer.snapshot(seen.actor, event, text, at, statusOf(snapshot) !== "active")
  }

  #writeReport(seen: SeenActor): void {
    const { report } = seen
    if (report === undefined) return
    seen.report = undefined
    this.#reporting.delete(seen)
    this.#writer.event(seen.actor, undefined, report.event, report.at)
    this.#writeSnapshot(seen, report.event, report.snapshot, report.at)
  }

  /** Of what is left out: it may be wanted now. */
  #reconsider(seen: SeenActor, event: AnyEventObject, snapshot: unknown): void {
    if (!this.#isWantedNow(seen, snapshot)) return
    this.#record(seen, snapshot)
    this.#writer.event(seen.actor, undefined, event, Date.now())
    this.#changed()
  }

  /** A task that runs, or has failed; the machine of a pipeline whose task has become wanted. */
  #isWantedNow(seen: SeenActor, snapshot: unknown): boolean {
    const task = taskOf(seen.actor, snapshot)
    if (task === undefined) return !seen.isTask && !isLeftOut(seen.parent)
    if (seen.state === "when-running" && task.status === "running") return true
    return (task.status === "failed" || task.status === "cancelled") && this.#judge.ended(task)
  }

  #record(seen: SeenActor, snapshot: unknown): void {
    const text = this.#writer.snapshotText(snapshot)
    seen.state = "recorded"
    seen.snapshot = snapshot
    seen.snapshotText = text
    if (seen.isTask) this.#recorded++
    this.#writer.actor(seen.actor, text, statusOf(snapshot) !== "active")
  }

  #seenOf(source: InspectedActor | undefined): SeenActor | undefined {
    return source === undefined ? undefined : this.#seen.get(source)
  }
}

function isLeftOut(seen: SeenActor | undefined): boolean {
  return seen !== undefined && seen.state !== "recorded"
}

/** The end of an actor that is not recorded: its parent hears of each, and tells nobody. */
function isUnheardOf(source: SeenActor | undefined, { type }: AnyEventObject): boolean {
  return isLeftOut(source) && /^xstate\.(done|error)\.actor\./.test(type)
}

function statusOf(snapshot: unknown): unknown {
  return (snapshot as { readonly status?: unknown } | undefined)?.status
}
