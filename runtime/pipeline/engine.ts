import type { CancelReason, Outcome, TaskFailure } from "../../machines/task/outcome.ts"
import type { ProgressShare } from "../context/link.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import type { LeftSteps } from "../journal/left-steps.ts"
import type { RunningAttempt } from "../task/attempt.ts"
import type { Task } from "../task/task.ts"
import { failureOf, setupFailure, verbOf } from "./failure.ts"
import { FanOutRun } from "./fan-out-run.ts"
import { byName, callOf, inputOf } from "./input.ts"
import { type Order, orderOf } from "./order.ts"
import type { PipelinePlace } from "./place.ts"
import { placeOf } from "./places.ts"
import { type PipelinePlan, type Stage, weightOf, weightOfStage } from "./plan.ts"
import { Tally } from "./tally.ts"

/** How a pipeline's steps ended. */
export type PipelineEnd = { readonly output: unknown } | { readonly failure: TaskFailure }

/** In place of how many a stage waits for: it waits no longer. */
const hadItsTurn = -1

/**
 * Runs the stages of one attempt of a pipeline as its task's children: each begins when all that it comes after have completed. Each stage
 * and each tie between two of them is looked at once.
 */
export class PipelineEngine {
  readonly attempt: RunningAttempt
  readonly place: PipelinePlace
  readonly #plan: PipelinePlan
  readonly #end: (end: PipelineEnd) => void
  readonly #order: Order
  readonly #total: number
  /** How many others each stage still waits for. */
  readonly #left: number[]
  /** Those that wait for nothing any more, in the order in which it came so. */
  readonly #ready: number[] = []
  readonly #outcomes: (Outcome<unknown> | undefined)[] = []
  /** Of a graph. */
  readonly #tally: Tally | undefined
  /** What another program has left of its steps. */
  readonly #before: LeftSteps | undefined
  readonly #epoch: number
  #begun = 0
  #alive = 0
  #settled = 0
  #fanOut: FanOutRun | undefined
  #isStarting = false
  #isOver = false

  constructor(attempt: RunningAttempt, plan: PipelinePlan, place: PipelinePlace, end: (end: PipelineEnd) => void) {
    this.attempt = attempt
    this.place = place
    this.#plan = plan
    this.#end = end
    this.#order = orderOf(plan)
    this.#left = this.#order.before.map(({ length }) => length)
    this.#total = plan.stages.reduce((sum, stage) => sum + weightOfStage(stage), 0)
    this.#before = attempt.leftSteps
    this.#epoch = epochOf(attempt.task.snapshot.failures)
    this.#tally = plan.graph && new Tally(attempt, place, 0, plan.stages.length)
  }

  begin(): void {
    this.place.begin()
    this.#tally?.tellNow()
    for (const [number, left] of this.#left.entries()) if (left === 0) this.#ready.push(number)
    this.#startReady()
  }

  /** Nothing more begins. What runs already is others' business: its parent is told to end. */
  stop(failure: TaskFailure): void {
    this.#fanOut?.stop()
    this.#finish({ failure })
  }

  /** Submits one task as a child of the pipeline's. Throws what is wrong with it. */
  start(call: AnyTaskCall, step: string | undefined, left: TaskSnapshot | undefined): Task {
    const birth = step === undefined ? undefined : { step, ...(left && { left }) }
    return this.attempt.link.start(call, this.#share(weightOf(call)), birth)
  }

  /**
   * By which a store knows a step again: of all attempts that go on with one another's steps it is the same. Undefined where there is no
   * store.
   */
  nameOfStep(number: number, index?: number): string | undefined {
    if (!this.attempt.isKept) return undefined
    return index === undefined ? `${this.#epoch}.${number}` : `${this.#epoch}.${number}/${index}`
  }

  /** How another program has left that step; undefined where it has not begun it. */
  takeLeft(step: string | undefined): TaskSnapshot | undefined {
    return step === undefined ? undefined : this.#before?.take(step)
  }

  /** A step that has settled in another program has its part of the progress. */
  countSettled(call: AnyTaskCall): void {
    this.attempt.link.countSettled(this.#share(weightOf(call)))
  }

  /** It has ended, or is about to: its steps are cancelled before it is told to stop, and that is no failure of theirs. */
  get isOver(): boolean {
    return this.#isOver || this.attempt.task.snapshot.cancelRequested
  }

  /** A step, or one task of a fan-out, did not complete: that is the end of all, of what runs beside it too. */
  fail(because: string, failure: TaskFailure): void {
    if (this.isOver) return
    this.#isOver = true
    this.#before?.abandonRest()
    const reason = { type: "skipped", because } as const
    this.attempt.cancelChildren(reason)
    this.attempt.link.message(because)
    for (const number of this.#left.keys()) this.#skip(number, reason)
    this.#end({ failure })
  }

  #startReady(): void {
    // What settles while it is being submitted is seen in the loop's next turn.
    if (this.#isStarting) return
    this.#isStarting = true
    const { concurrency = Number.POSITIVE_INFINITY } = this.#plan.graph ?? {}
    while (!this.isOver && this.#alive < concurrency) {
      const number = this.#ready[this.#begun]
      if (number === undefined) break
      this.#start(number)
    }
    this.#isStarting = false
    this.#tally?.tellSoon()
    if (this.#settled === this.#left.length) this.#finish({ output: this.#output })
  }

  #start(number: number): void {
    const stage = this.#stage(number)
    const { length } = this.#left
    this.#left[number] = hadItsTurn
    this.#begun++
    this.#alive++
    this.place.began(number)
    if (stage.type === "fan-out") {
      this.#fanOut = new FanOutRun(this, number, stage, (output) =>
        this.#settle(number, { status: "completed", output }),
      )
      return this.#fanOut.begin()
    }
    if (length > 1) this.attempt.link.message(`${this.#nameOf(number)} (${this.#begun} of ${length})`)
    if (this.#tally !== undefined) this.#tally.counts.alive++
    const { graph } = this.#plan
    const input = inputOf(graph, number, (before) => this.#outputAt(before))
    // Nobody asks again for what a chain has handed on, and it may be large.
    if (graph === undefined && number > 0) this.#outcomes[number - 1] = undefined
    const step = this.nameOfStep(number)
    const left = this.takeLeft(step)
    let child: Task
    try {
      const call = callOf(stage, input)
      if (left?.outcome !== undefined) {
        this.countSettled(call)
        return this.#settle(number, left.outcome)
      }
      child = this.start(call, step, left)
    } catch (thrown) {
      const failure = setupFailure(thrown)
      return this.#settle(number, { status: "failed", failure, attempts: [failure] })
    }
    placeOf(child)?.isStepOf(this.place, number)
    child.whenSettled((outcome) => this.#settle(number, outcome, child))
  }

  #settle(number: number, outcome: Outcome<unknown>, child?: Task): void {
    this.#alive--
    this.#settled++
    this.#outcomes[number] = outcome
    if (this.#tally !== undefined) {
      this.#tally.counts.alive--
      this.#tally.counts[outcome.status]++
      this.#tally.tellSoon()
    }
    this.place.settled(number, outcome.status)
    if (this.isOver) return
    if (outcome.status === "completed") this.#release(number)
    else {
      const because = `${this.#describe(number)} ${verbOf(outcome)}`
      if (this.#plan.graph?.mode !== "settled") {
        this.place.stopsAt(number)
        return this.fail(because, failureOf(child, outcome))
      }
      this.#skipBehind(number, { type: "skipped", because })
    }
    this.#startReady()
  }

  /** Those that waited for this one alone begin as soon as there is room. */
  #release(number: number): void {
    for (const after of this.#order.behind[number] ?? []) {
      const left = (this.#left[after] ?? 0) - 1
      if (left < 0) continue
      this.#left[after] = left
      if (left === 0) this.#ready.push(after)
    }
  }

  /** All that comes after one, and after those. */
  #skipBehind(number: number, reason: CancelReason): void {
    const gone = [number]
    for (const one of gone)
      for (const after of this.#order.behind[one] ?? []) if (this.#skip(after, reason)) gone.push(after)
  }

  /** A step that will not have its turn is seen to be skipped. False for one that has had it. */
  #skip(number: number, reason: CancelReason): boolean {
    if (this.#left[number] === hadItsTurn) return false
    this.#left[number] = hadItsTurn
    this.#settled++
    this.#outcomes[number] = { status: "cancelled", reason }
    if (this.#tally !== undefined) this.#tally.counts.cancelled++
    this.place.settled(number, "cancelled")
    const stage = this.#stage(number)
    // A fan-out's tasks were never made.
    if (stage.type === "fan-out") return true
    try {
      const step = this.nameOfStep(number)
      if (this.takeLeft(step) !== undefined) return true
      const call = callOf(stage, undefined)
      this.attempt.link.start(call, this.#share(this.#isOver ? 0 : weightOf(call)), {
        skipped: reason,
        ...(step && { step }),
      })
    } catch {
      // It could not have run either.
    }
    return true
  }

  #finish(end: PipelineEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#before?.abandonRest()
    this.#end(end)
  }

  /** Of a graph, what each step gave; of what goes one after another, what the last one gave. */
  get #output(): unknown {
    const { graph } = this.#plan
    if (graph === undefined) return this.#outputAt(this.#left.length - 1)
    const isSettledMode = graph.mode === "settled"
    return byName(graph, graph.names.keys(), (number) =>
      isSettledMode ? this.#outcomes[number] : this.#outputAt(number),
    )
  }

  #outputAt(number: number): unknown {
    const outcome = this.#outcomes[number]
    return outcome?.status === "completed" ? outcome.output : undefined
  }

  /** In a message. */
  #describe(number: number): string {
    const name = JSON.stringify(this.#nameOf(number))
    return this.#plan.graph === undefined ? `step ${number + 1} (${name})` : `step ${name}`
  }

  #nameOf(number: number): string {
    return this.#plan.graph?.names[number] ?? taskNameOf(this.#stage(number))
  }

  #stage(number: number): Stage {
    const stage = this.#plan.stages[number]
    if (stage === undefined) throw new RangeError(`Cannot run step ${number + 1}: there are ${this.#left.length}`)
    return stage
  }

  #share(weight: number): ProgressShare {
    return { node: 0, base: 0, range: 1, total: this.#total, weight }
  }
}

/** The attempt that began the steps: those which were lost with their program are gone on with by the next one. */
function epochOf(failures: readonly TaskFailure[]): number {
  return failures.findLastIndex(({ type }) => type !== "lost") + 2
}

function taskNameOf(stage: Stage): string {
  if (stage.type === "fan-out") return stage.type
  return stage.type === "call" ? stage.call.taskName : stage.definition.taskName
}
