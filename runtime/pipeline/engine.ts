import type { CancelReason, TaskFailure } from "../../machines/task/outcome.ts"
import type { ProgressShare } from "../context/link.ts"
import { Call } from "../definition/call.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import type { RunningAttempt } from "../task/attempt.ts"
import type { Task } from "../task/task.ts"
import { failureOf, setupFailure, verbOf } from "./failure.ts"
import { FanOutRun } from "./fan-out-run.ts"
import type { PipelinePlace } from "./place.ts"
import { placeOf } from "./places.ts"
import { type PipelinePlan, type Step, weightOf, weightOfStage } from "./plan.ts"

/** How a pipeline's steps ended. */
export type PipelineEnd = { readonly output: unknown } | { readonly failure: TaskFailure }

/** Runs the steps of one attempt of a pipeline as its task's children: one after another, or side by side. */
export class PipelineEngine {
  readonly attempt: RunningAttempt
  readonly place: PipelinePlace
  readonly #plan: PipelinePlan
  readonly #end: (end: PipelineEnd) => void
  readonly #total: number
  #fanOut: FanOutRun | undefined
  #isOver = false

  constructor(attempt: RunningAttempt, plan: PipelinePlan, place: PipelinePlace, end: (end: PipelineEnd) => void) {
    this.attempt = attempt
    this.place = place
    this.#plan = plan
    this.#end = end
    this.#total = plan.stages.reduce((sum, stage) => sum + weightOfStage(stage), 0)
  }

  begin(): void {
    this.place.begin()
    this.#run(0, undefined)
  }

  /** Nothing more begins. What runs already is others' business: its parent is told to end. */
  stop(failure: TaskFailure): void {
    this.#fanOut?.stop()
    this.#finish({ failure })
  }

  /** Submits one task as a child of the pipeline's. Throws what is wrong with it. */
  start(call: AnyTaskCall): Task {
    return this.attempt.link.start(call, this.#share(weightOf(call)))
  }

  /** A step, or one task of a fan-out, did not complete: that is the end of all. */
  fail(number: number, what: string, failure: TaskFailure, verb: ReturnType<typeof verbOf>): void {
    const because = `${what} ${verb}`
    this.attempt.link.message(because)
    this.#skip(number + 1, { type: "skipped", because })
    this.#finish({ failure })
  }

  #run(number: number, previous: unknown): void {
    if (this.#isOver) return
    const stage = this.#plan.stages[number]
    if (stage === undefined) return this.#finish({ output: previous })
    if (number > 0) this.place.advance(number)
    if (stage.type === "fan-out") {
      this.#fanOut = new FanOutRun(this, number, stage, (outputs) => this.#run(number + 1, outputs))
      this.#fanOut.begin()
    } else this.#runStep(number, stage, callOf(stage, previous))
  }

  #runStep(number: number, step: Step, call: AnyTaskCall): void {
    const { length } = this.#plan.stages
    if (length > 1) this.attempt.link.message(`${nameOf(step)} (${number + 1} of ${length})`)
    const what = `step ${number + 1} (${JSON.stringify(nameOf(step))})`
    let child: Task
    try {
      child = this.start(call)
    } catch (thrown) {
      return this.fail(number, what, setupFailure(thrown), "failed")
    }
    placeOf(child)?.isStepOf(this.place, number)
    child.whenSettled((outcome) => {
      if (outcome.status === "completed") this.#run(number + 1, outcome.output)
      else if (!this.#isOver) this.fail(number, what, failureOf(child, outcome), verbOf(outcome))
    })
  }

  /** The steps that will not have their turn are seen to be skipped, a fan-out as the one task that it is. */
  #skip(from: number, reason: CancelReason): void {
    for (const stage of this.#plan.stages.slice(from)) {
      if (stage.type === "fan-out") continue
      try {
        this.attempt.link.start(callOf(stage, undefined), this.#share(0), reason)
      } catch {
        // It could not have run either.
      }
    }
  }

  #finish(end: PipelineEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#end(end)
  }

  #share(weight: number): ProgressShare {
    return { node: 0, base: 0, range: 1, total: this.#total, weight }
  }
}

function callOf(step: Step, previous: unknown): AnyTaskCall {
  if (step.type === "call") return step.call
  return new Call(step.definition, [previous], step.definition.settings)
}

function nameOf(step: Step): string {
  return step.type === "call" ? step.call.taskName : step.definition.taskName
}
