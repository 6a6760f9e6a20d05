import { createActor, getInitialSnapshot, type StateValue } from "xstate"
import type { FanOutCounts, PipelineActor, PipelineEvent } from "../../machines/pipeline/machine.ts"
import {
  leavesBefore,
  pathOf,
  pathText,
  type PipelineShape,
  stateNames,
  stepsOf,
} from "../../machines/pipeline/shape.ts"
import type { Outcome } from "../../machines/task/outcome.ts"
import type { Task } from "../task/task.ts"
import { machineOf } from "./machine-maker.ts"

/** The pipeline around this one, and as which of its steps this one runs. */
interface Around {
  readonly place: PipelinePlace
  readonly step: number
}

/**
 * Where a pipeline is. The actor that shows it is made when somebody looks: it begins where the pipeline is, and is told of each move from
 * then on. Of a hundred thousand chains in a map hardly any is looked at.
 */
export class PipelinePlace {
  readonly #task: Task
  readonly #shape: PipelineShape
  #step = 0
  /** The place inside that step, when it is a chain or a chord. */
  #inside = 0
  #hasBegun = false
  #around: Around | undefined
  /** The numbers of its fan-outs, those inside included, by the paths of their states. */
  readonly #counts = new Map<string, Readonly<FanOutCounts>>()
  #actor: PipelineActor | undefined

  constructor(task: Task, shape: PipelineShape) {
    this.#task = task
    this.#shape = shape
  }

  /** It is a step of another pipeline, which shows it as well. */
  isStepOf(place: PipelinePlace, step: number): void {
    this.#around = { place, step }
  }

  /** An attempt begins. */
  begin(): void {
    if (this.#hasBegun) this.#restart(0)
    this.#hasBegun = true
  }

  /** The step before is through, and this one begins. */
  advance(step: number): void {
    this.#step = step
    this.#inside = 0
    this.#moved()
  }

  /** The numbers of the fan-out which is that step, and which goes on changing them. */
  counts(step: number, counts: Readonly<FanOutCounts>): void {
    this.#count([this.#nameOf(step)], counts)
  }

  /** Whether anybody looks at those numbers. */
  get isWatched(): boolean {
    return this.#actor !== undefined || this.#around?.place.isWatched === true
  }

  get actor(): PipelineActor {
    this.#actor ??= this.#makeActor()
    return this.#actor
  }

  get #leaf(): number {
    return leavesBefore(stepsOf(this.#shape), this.#step) + this.#inside
  }

  #tell(event: PipelineEvent): void {
    // Numbers may come once more after the end.
    if (this.#actor?.getSnapshot().status === "active") this.#actor.send(event)
  }

  #moved(): void {
    this.#tell({ type: "next" })
    if (this.#around === undefined) return
    this.#around.place.#inside = this.#leaf
    this.#around.place.#moved()
  }

  /** This pipeline, or the one inside it that begins at that place, is run again. */
  #restart(leaf: number): void {
    if (leaf === 0) this.#step = 0
    this.#inside = leaf === 0 ? 0 : leaf - leavesBefore(stepsOf(this.#shape), this.#step)
    this.#tell({ type: `again.${leaf}` })
    if (this.#around === undefined) return
    const { place, step } = this.#around
    place.#restart(leavesBefore(stepsOf(place.#shape), step) + leaf)
  }

  #count(path: readonly string[], counts: Readonly<FanOutCounts>): void {
    const at = pathText(path)
    this.#counts.set(at, counts)
    this.#tell({ type: "count", at, counts: { ...counts } })
    if (this.#around === undefined) return
    const { place, step } = this.#around
    // A fan-out is one state there, as it is here.
    const inside = this.#shape.type === "fan-out" ? path.slice(1) : path
    place.#count([place.#nameOf(step), ...inside], counts)
  }

  #nameOf(step: number): string {
    return stateNames(stepsOf(this.#shape), true)[step] ?? ""
  }

  /** The task's actor is its parent for as long as that lives. */
  #makeActor(): PipelineActor {
    const task = this.#task
    const actor = createActor(machineOf(this.#shape), {
      id: `${task.id}.steps`,
      snapshot: this.#snapshot(task.end),
      ...(task.settled ? {} : { parent: task.actor }),
    })
    actor.start()
    if (!task.settled) task.whenSettled((outcome) => this.#end(outcome))
    return actor as unknown as PipelineActor
  }

  #snapshot(outcome: Outcome<unknown> | undefined) {
    const machine = machineOf(this.#shape)
    const { context } = getInitialSnapshot(machine)
    const counts = { ...context.counts }
    for (const [at, present] of this.#counts) counts[at] = { ...present }
    const path = pathOf(this.#shape, this.#leaf)
    if (outcome === undefined) return machine.resolveState({ value: valueOf(path), context: { counts } })
    const stopped = outcome.status === "completed" ? {} : { stoppedAt: pathText(path) }
    return machine.resolveState({
      value: outcome.status,
      context: { counts, ...stopped },
      status: "done",
      output: outcome,
    })
  }

  #end(outcome: Outcome<unknown>): void {
    for (const [at, counts] of this.#counts) this.#tell({ type: "count", at, counts: { ...counts } })
    this.#tell({ type: outcome.status, outcome, at: pathText(pathOf(this.#shape, this.#leaf)) })
  }
}

/** `{ chain: "load" }` for chain.load. */
function valueOf([name = "", ...inner]: readonly string[]): StateValue {
  return inner.length === 0 ? name : { [name]: valueOf(inner) }
}
