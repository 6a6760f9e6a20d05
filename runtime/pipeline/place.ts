import { createActor, getInitialSnapshot, type StateValue } from "xstate"
import type { FanOutCounts, PipelineActor, PipelineEvent, PipelineMove } from "../../machines/pipeline/machine.ts"
import {
  hasRegions,
  numbersOf,
  pathText,
  type PipelineShape,
  stateNames,
  stepsOf,
} from "../../machines/pipeline/shape.ts"
import type { Outcome } from "../../machines/task/outcome.ts"
import type { Task } from "../task/task.ts"
import { machineOf } from "./machine-maker.ts"

/** How a step of a graph is that has begun, or was skipped. */
type StepState = "running" | Outcome<unknown>["status"]

/**
 * Where a pipeline is. The actor that shows it is made when somebody looks: it begins where the pipeline is, and is told of each move from
 * then on. Of a hundred thousand chains in a map hardly any is looked at.
 */
export class PipelinePlace {
  readonly #task: Task
  readonly #shape: PipelineShape
  /** Of steps one after another, the present one; of a graph, the one that was the end of it. */
  #step = 0
  /** The steps of a graph that no longer wait. */
  #states: Map<number, StepState> | undefined
  /** The places of those steps which are pipelines and run, by their numbers. */
  #inside: Map<number, PipelinePlace> | undefined
  #hasBegun = false
  #isStopped = false
  /** The place of the pipeline around this one, and as which of its steps this one runs. */
  #around: PipelinePlace | undefined
  #stepAround = 0
  /** The numbers of its fan-outs and graphs, those inside included, by the paths of their states. */
  readonly #counts = new Map<string, Readonly<FanOutCounts>>()
  #actor: PipelineActor | undefined

  constructor(task: Task, shape: PipelineShape) {
    this.#task = task
    this.#shape = shape
  }

  /** It is a step of another pipeline, which shows it as well. */
  isStepOf(place: PipelinePlace, step: number): void {
    if (place.#shape.type === "fan-out") return
    this.#around = place
    this.#stepAround = step
    place.#inside ??= new Map()
    place.#inside.set(step, this)
  }

  /** An attempt begins. */
  begin(): void {
    if (this.#hasBegun) {
      this.#step = 0
      this.#isStopped = false
      this.#states?.clear()
      this.#inside?.clear()
      this.#move("again", 0)
    }
    this.#hasBegun = true
  }

  /** A step begins: of a sequence, the one before is through. */
  began(step: number): void {
    if (this.#shape.type === "graph") return this.#become(step, "running", "begin")
    if (step === 0) return
    this.#inside?.delete(this.#step)
    this.#step = step
    this.#moveStep("next", step - 1)
  }

  /** A step has settled, or was skipped. */
  settled(step: number, status: Outcome<unknown>["status"]): void {
    if (this.#shape.type === "graph") this.#become(step, status, status)
  }

  /** A step of the graph is the end of all. */
  stopsAt(step: number): void {
    if (this.#shape.type !== "graph") return
    this.#step = step
    this.#isStopped = true
  }

  /** The numbers of that step, which is a fan-out, or of the graph; who counts goes on changing them. */
  counts(step: number, counts: Readonly<FanOutCounts>): void {
    this.#count(this.#pathOfCounts(step), counts)
  }

  /** Whether those are the numbers of that step now. */
  isCountedBy(step: number, counts: Readonly<FanOutCounts>): boolean {
    return this.#counts.get(pathText(this.#pathOfCounts(step))) === counts
  }

  #pathOfCounts(step: number): readonly string[] {
    return [this.#shape.type === "sequence" ? this.#nameOf(step) : this.#shape.kind]
  }

  /** Whether anybody looks. */
  get isWatched(): boolean {
    return this.#actor !== undefined || (this.#outer !== undefined && this.#outer.isWatched)
  }

  get actor(): PipelineActor {
    this.#actor ??= this.#makeActor()
    return this.#actor
  }

  /** The place around this one, where that shows what is inside its steps. */
  get #outer(): PipelinePlace | undefined {
    return this.#around !== undefined && this.#around.#shows ? this.#around : undefined
  }

  /** Whether its machine has states for what is inside its steps. */
  get #shows(): boolean {
    return this.#shape.type !== "graph" || hasRegions(this.#shape)
  }

  #become(step: number, state: StepState, move: PipelineMove): void {
    this.#states ??= new Map()
    this.#states.set(step, state)
    if (state === "completed") this.#inside?.delete(step)
    if (this.#shows) this.#moveStep(move, step)
  }

  #moveStep(move: PipelineMove, step: number): void {
    if (this.isWatched) this.#move(move, this.#numberOf(step))
  }

  /** The one around it numbers what is inside of it as it does, from the number on that it has there. */
  #move(move: PipelineMove, number: number): void {
    this.#tell({ type: `${move}.${number}` })
    const outer = this.#outer
    if (outer !== undefined) outer.#move(move, outer.#numberOf(this.#stepAround) + number)
  }

  #numberOf(step: number): number {
    return this.#shape.type === "fan-out" ? 0 : (numbersOf(this.#shape)[step] ?? 0)
  }

  #tell(event: PipelineEvent): void {
    // Numbers may come once more after the end.
    if (this.#actor?.getSnapshot().status === "active") this.#actor.send(event)
  }

  #count(path: readonly string[], counts: Readonly<FanOutCounts>): void {
    const at = pathText(path)
    this.#counts.set(at, counts)
    this.#tell({ type: "count", at, counts: { ...counts } })
    const outer = this.#outer
    // A fan-out and a graph are one state there, as they are here.
    const inside = this.#shape.type === "sequence" ? path : path.slice(1)
    if (outer !== undefined) outer.#count([...outer.#pathOf(this.#stepAround), ...inside], counts)
  }

  /** Of the state that stands for a step. */
  #pathOf(step: number): readonly string[] {
    if (this.#shape.type !== "graph") return [this.#nameOf(step)]
    return [this.#shape.kind, this.#shape.steps[step]?.name ?? "", "running"]
  }

  #nameOf(step: number, isAtTop = true): string {
    return stateNames(stepsOf(this.#shape), isAtTop)[step] ?? ""
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
    if (outcome === undefined) return machine.resolveState({ value: this.#value, context: { counts } })
    const stopped = outcome.status === "completed" ? {} : { stoppedAt: pathText(this.#path) }
    return machine.resolveState({
      value: outcome.status,
      context: { counts, ...stopped },
      status: "done",
      output: outcome,
    })
  }

  #end(outcome: Outcome<unknown>): void {
    for (const [at, counts] of this.#counts) this.#tell({ type: "count", at, counts: { ...counts } })
    this.#tell({ type: outcome.status, outcome, at: pathText(this.#path) })
  }

  get #value(): StateValue {
    const inside = this.#valueInside(true)
    return this.#shape.type === "sequence" ? (inside ?? {}) : nested(this.#shape.kind, inside)
  }

  /** Of the states within the one that stands for this pipeline; undefined where there are none, or the initial ones say it. */
  #valueInside(isAtTop: boolean): StateValue | undefined {
    const shape = this.#shape
    const inside = (step: number): StateValue | undefined => {
      const place = this.#inside?.get(step)
      return place === undefined ? undefined : place.#valueInside(false)
    }
    if (shape.type === "sequence") return nested(this.#nameOf(this.#step, isAtTop), inside(this.#step))
    if (shape.type === "fan-out" || !this.#shows || shape.steps.length === 0) return undefined
    const stateOf = (step: number): StateValue => {
      const state = this.#states?.get(step) ?? "waiting"
      return state === "running" ? nested(state, inside(step)) : state
    }
    return Object.fromEntries(shape.steps.map(({ name }, step) => [name, stateOf(step)]))
  }

  get #path(): readonly string[] {
    const inside = this.#pathInside(true)
    return this.#shape.type === "sequence" ? inside : [this.#shape.kind, ...inside]
  }

  /** Where it is within the state that stands for it. */
  #pathInside(isAtTop: boolean): readonly string[] {
    const place = this.#inside?.get(this.#step)
    const inside = place === undefined ? [] : place.#pathInside(false)
    if (this.#shape.type === "sequence") return [this.#nameOf(this.#step, isAtTop), ...inside]
    return this.#isStopped && this.#shows ? [...this.#pathOf(this.#step).slice(1), ...inside] : []
  }
}

function nested(name: string, inside: StateValue | undefined): StateValue {
  return inside === undefined ? name : { [name]: inside }
}
