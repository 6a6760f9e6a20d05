import type { CancelReason } from "../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import { transition } from "../../machines/task/transition.ts"
import { absentDefinition } from "../definition/absent-definition.ts"
import { definitionOf } from "../definition/call.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import { settingsFrom } from "../definition/plain-settings.ts"
import { registeredDefinition, whenRegistered } from "../definition/registry.ts"
import { pipelineModule } from "../pipeline/crossing.ts"
import type { TaskSettings } from "../definition/settings.ts"
import { pipelineExecutorName } from "../pipeline/pipeline.ts"
import type { Clock } from "../ports/clock.ts"
import type { KeptCall, TaskRecord } from "../ports/store.ts"
import type { Submission } from "../supervisor/submission.ts"
import { planOf, type TaskPlan } from "../task/plan.ts"
import type { Task } from "../task/task.ts"
import { abandoned, abandonedBelow, endedRecord, type EndedRecord, type EndingEvent } from "./abandon.ts"
import type { Journal } from "./journal.ts"
import { callOf, settingsOf } from "./kept-call.ts"
import { LeftSteps } from "./left-steps.ts"
import { snapshotOf } from "./record.ts"

export interface RecoveryParts {
  readonly clock: Clock
  readonly journal: Journal
  readonly submission: Submission
  readonly defaults: TaskSettings
  warn(message: string, cause?: unknown): void
  /** A task that was awaited from a module's import has come, or will not. */
  changed(): void
}

/** A task whose definition is not here yet. */
interface Held {
  readonly task: Task
  readonly name: string
  readonly call: KeptCall
  /** Its module is being imported. */
  isComing: boolean
}

/**
 * What another program has left goes on: what waited waits on, what ran has lost its attempt and has another one where it may, and the
 * children of a body that is gone end. Pipelines go on from their last settled steps.
 */
export class Recovery {
  readonly #parts: RecoveryParts
  readonly #held = new Set<Held>()
  #endWaiting: (() => void) | undefined

  constructor(parts: RecoveryParts) {
    this.#parts = parts
  }

  /** Modules that are being imported for tasks that may not even wait yet. */
  get importing(): number {
    let count = 0
    for (const { isComing } of this.#held) if (isComing) count++
    return count
  }

  /** Tasks whose definitions this program does not have. */
  get held(): number {
    return this.#held.size
  }

  /** To be called once, when nothing else has been submitted. */
  begin(): void {
    const { session } = this.#parts.journal
    /** Pipelines that go on, and take their steps themselves. */
    const goingOn = new Set<string>()
    for (const record of [...session.living()]) {
      const { parent, executor } = record.snapshot
      if (parent !== undefined && !goingOn.has(parent)) this.#abandon(record, { type: "parent", parent })
      else if (parent === undefined) {
        const snapshot = this.#goOn(record)
        if (snapshot.outcome !== undefined) continue
        if (executor === pipelineExecutorName) goingOn.add(record.id)
        this.#restore(record, snapshot)
      } else if (executor === pipelineExecutorName) goingOn.add(record.id)
    }
  }

  /** What is left of the steps of a pipeline that another program began; undefined for any other task. */
  stepsOf(task: Task): LeftSteps | undefined {
    const { id, family, plan } = task
    const { journal } = this.#parts
    if (family?.wasLeft !== true || plan.executor !== pipelineExecutorName || journal.state === "closed") {
      return undefined
    }
    family.wasLeft = false
    return new LeftSteps(
      journal.session.childrenOf(id),
      (record) => this.#goOn(record),
      // What a shutdown leaves stays whole.
      (record) => {
        if (!journal.isLeft(task)) this.#abandon(record, { type: "parent", parent: id })
      },
    )
  }

  end(): void {
    this.#endWaiting?.()
    this.#held.clear()
  }

  // ------------------------------------------------------------------------------------------------------------- single tasks

  /** What a task comes to when its program has gone. */
  #goOn(record: TaskRecord): TaskSnapshot {
    const { clock, journal } = this.#parts
    const before = snapshotOf(record, journal.session)
    const event = this.#lossOf(record, before, clock.now())
    if (event === undefined) return before
    const after = transition(before, event)
    this.#note([endedRecord(record, after, event)])
    // What was below it, and would have been taken along.
    if (after.outcome !== undefined) this.#note(abandonedBelow(record.id, journal.session, event.at))
    return after
  }

  #lossOf(record: TaskRecord, { phase, attempt, executor }: TaskSnapshot, at: number): EndingEvent | undefined {
    const isPipeline = executor === pipelineExecutorName
    const isStep = record.birth.step !== undefined
    const lost = { type: "fail", failure: { type: "lost" }, at } as const
    switch (phase) {
      case "settled":
        return undefined
      case "cancelling":
        return { type: "stop", at }
      case "queued":
      case "delayed":
      case "backoff": {
        const canRun = isStep || record.birth.call !== undefined
        return canRun && !(record.isHandedOver && phase === "queued") ? undefined : lost
      }
      case "executing": {
        if (isPipeline) return { ...lost, retryAt: at }
        const hasAnother = !record.isHandedOver && attempt < record.maxAttempts
        return hasAnother && (isStep || record.birth.call !== undefined) ? { ...lost, retryAt: at } : lost
      }
    }
  }

  /** A living task that nobody runs any more. */
  #abandon(record: TaskRecord, reason: CancelReason): void {
    const { clock, journal } = this.#parts
    this.#note(abandoned(record, reason, journal.session, clock.now()))
  }

  #note(ended: Iterable<EndedRecord>): void {
    for (const { record, entry } of ended) this.#parts.journal.noteRecord(record, entry.at, entry.what)
  }

  // -------------------------------------------------------------------------------------------------------------- their calls

  #restore({ birth }: TaskRecord, snapshot: TaskSnapshot): void {
    const { submission, journal } = this.#parts
    const { call: kept } = birth
    if (kept === undefined) return
    const { name } = snapshot
    let call: AnyTaskCall | Promise<AnyTaskCall> | undefined
    try {
      call = callOf(journal.session, name, kept)
    } catch {
      call = undefined
    }
    const { publishId } = kept
    if (call !== undefined && !(call instanceof Promise)) {
      const definition = definitionOf(call)
      submission.restore({ snapshot, definition, args: call.args, plan: this.#planOf(kept, call), publishId })
      return
    }
    const task = submission.restore({
      snapshot,
      definition: absentDefinition(name, kept.module),
      args: [],
      plan: this.#planOf(kept, undefined),
      publishId,
      isHeld: true,
    })
    this.#hold({ task, name, call: kept, isComing: call !== undefined }, call)
  }

  #hold(held: Held, coming: Promise<AnyTaskCall> | undefined): void {
    this.#held.add(held)
    this.#endWaiting ??= whenRegistered(() => this.#look())
    if (coming === undefined) return this.#miss(held, undefined)
    coming.then(
      (call) => this.#release(held, call),
      (error: unknown) => this.#miss(held, error),
    )
  }

  #miss(held: Held, cause: unknown): void {
    const { name, task, call } = held
    held.isComing = false
    this.#parts.changed()
    if (task.settled) return
    this.#parts.warn(
      `Task ${task.id} of the store waits for a definition that this program does not have: ${JSON.stringify(name)}${call.module === undefined ? "" : ` of ${call.module}`}; import its module`,
      cause,
    )
  }

  /** A definition has been made: it may be one that is waited for. */
  #look(): void {
    for (const held of this.#held) {
      if (held.task.settled) this.#forget(held)
      // A module that could not be imported is not asked again for each definition of others.
      else if (held.call.module === pipelineModule || registeredDefinition(held.name) !== undefined) {
        this.#tryToRelease(held)
      }
    }
  }

  #tryToRelease(held: Held): void {
    try {
      const call = callOf(this.#parts.journal.session, held.name, held.call)
      if (call instanceof Promise) {
        call.then(
          (late) => this.#release(held, late),
          () => {},
        )
      } else this.#release(held, call)
    } catch {
      // It was another one.
    }
  }

  #forget(held: Held): boolean {
    if (!this.#held.delete(held)) return false
    if (this.#held.size === 0) {
      this.#endWaiting?.()
      this.#endWaiting = undefined
    }
    return true
  }

  #release(held: Held, call: AnyTaskCall): void {
    if (!this.#forget(held)) return
    this.#parts.changed()
    this.#parts.submission.release(held.task, definitionOf(call), call.args, this.#planOf(held.call, call))
  }

  #planOf(kept: KeptCall, call: AnyTaskCall | undefined): TaskPlan {
    const { defaults, journal } = this.#parts
    const settings = settingsOf(journal.session, kept.settings)
    const whole = call === undefined ? settings : settingsFrom(settings, definitionOf(call))
    return planOf({ ...defaults, ...whole })
  }
}
