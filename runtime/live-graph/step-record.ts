import type { LiveStepState } from "../../machines/live-graph/step.ts"
import type { Outcome } from "../../machines/task/outcome.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import type { TaskHandle } from "../task/handle.ts"
import type { LiveStep } from "./live-graph.ts"

/** What a live graph knows of one step. */
export class StepRecord {
  readonly number: number
  readonly name: string
  state: LiveStepState = "dirty"
  /** How many of those before it are not valid. */
  left: number
  /** What it runs in place of what the graph says. */
  call: AnyTaskCall | undefined = undefined
  /** It is to be computed even where its inputs are what they were. */
  mustRun = true
  output: unknown = undefined
  version = 0
  /** The outputs of those before it that its own was made of. */
  inputs: readonly unknown[] = []
  outcome: LiveStep["outcome"] = undefined
  handle: TaskHandle | undefined = undefined
  /** What its task still gives is of an older generation. */
  isOutdated = false
  #view: LiveStep | undefined = undefined

  constructor(number: number, name: string, left: number) {
    this.number = number
    this.name = name
    this.left = left
  }

  /** Takes what its task gave, or keeps what it has, as good. */
  take(output: unknown, inputs: readonly unknown[], isSame: boolean): void {
    this.inputs = inputs
    this.mustRun = false
    if (isSame) return
    this.output = output
    this.version++
  }

  /** How its last task ended that gave nothing; undefined when that is of no interest any more. */
  ends(outcome: Outcome<unknown> | undefined): void {
    this.outcome = outcome === undefined || outcome.status === "completed" ? undefined : outcome
  }

  /** It has changed. */
  touch(): void {
    this.#view = undefined
  }

  get view(): LiveStep {
    this.#view ??= Object.freeze({
      state: this.state,
      output: this.output,
      version: this.version,
      outcome: this.outcome,
      task: this.handle?.id,
    })
    return this.#view
  }
}
