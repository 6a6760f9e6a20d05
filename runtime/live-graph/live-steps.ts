import { type LiveStepEvent, nextLiveStepState } from "../../machines/live-graph/step.ts"
import type { Order } from "../pipeline/order.ts"
import { StepRecord } from "./step-record.ts"

/** Whether one output of a step is as good as another one. */
export type IsEqual = (before: unknown, after: unknown, step: string) => boolean

/**
 * Which steps of a live graph are what they should be, and which one is to be computed next. An invalidation costs as much as there is
 * behind it that was not dirty before, and the end of a step as much as comes right after it.
 */
export class LiveSteps {
  readonly all: readonly StepRecord[]
  readonly #order: Order
  readonly #isEqual: IsEqual
  readonly #changed: () => void
  /** How many are not valid. */
  #stale: number
  /** Dirty ones that came to wait for nothing. What has become of them since is looked at when they have their turn. */
  #ready: StepRecord[] = []
  #taken = 0

  /** @param changed Told of each change of a step. */
  constructor(names: readonly string[], order: Order, isEqual: IsEqual, changed: () => void) {
    this.all = names.map((name, number) => new StepRecord(number, name, order.before[number]?.length ?? 0))
    this.#order = order
    this.#isEqual = isEqual
    this.#changed = changed
    this.#stale = names.length
    for (const step of this.all) this.offer(step)
  }

  get areFresh(): boolean {
    return this.#stale === 0
  }

  /** A step is not what it was, nor is anything behind it. Gives those whose task is of no use any more. */
  invalidate(first: StepRecord): readonly StepRecord[] {
    const outdated: StepRecord[] = []
    const spread = [first]
    first.mustRun = true
    for (const step of spread) {
      if (step.state === "dirty") continue // what is behind it is as well
      if (step.state === "processing") {
        step.isOutdated = true
        outdated.push(step)
      }
      this.move(step, "invalidate")
      for (const after of this.#behind(step)) spread.push(after)
    }
    this.offer(first)
    return outdated
  }

  /** The next one that is to be computed. One whose inputs have come out the same is valid without that. */
  next(): StepRecord | undefined {
    for (let step = this.#ready[this.#taken]; step !== undefined; step = this.#ready[this.#taken]) {
      this.#taken++
      if (this.#taken === this.#ready.length) {
        this.#ready = []
        this.#taken = 0
      }
      if (step.state !== "dirty" || step.left > 0 || step.handle !== undefined) continue
      if (step.mustRun || this.#hasNewInputs(step)) return step
      this.move(step, "keep")
    }
    return undefined
  }

  /** The outputs of those before a step. */
  inputsOf(step: StepRecord): readonly unknown[] {
    return this.#before(step).map(({ output }) => output)
  }

  move(step: StepRecord, event: LiveStepEvent): void {
    const before = step.state
    step.state = nextLiveStepState(before, event)
    step.touch()
    this.#changed()
    if (step.state === "valid") {
      step.ends(undefined)
      this.#stale--
      for (const after of this.#behind(step)) {
        after.left--
        this.offer(after)
      }
    } else if (before === "valid") {
      this.#stale++
      for (const after of this.#behind(step)) after.left++
    }
  }

  /** It may be one to be computed. */
  offer(step: StepRecord): void {
    if (step.left === 0 && step.state === "dirty") this.#ready.push(step)
  }

  /** What has been something else meanwhile, and is the same again, is not new. */
  #hasNewInputs(step: StepRecord): boolean {
    return this.#before(step).some(({ name, output }, at) => {
      if (Object.is(step.inputs[at], output)) return false
      try {
        return !this.#isEqual(step.inputs[at], output, name)
      } catch {
        return true
      }
    })
  }

  #before({ number }: StepRecord): readonly StepRecord[] {
    return this.#order.before[number]?.flatMap((before) => this.all[before] ?? []) ?? []
  }

  #behind({ number }: StepRecord): readonly StepRecord[] {
    return this.#order.behind[number]?.flatMap((after) => this.all[after] ?? []) ?? []
  }
}
