import type { Outcome } from "../../machines/task/outcome.ts"
import { batched } from "../definition/batch.ts"
import { Call } from "../definition/call.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import { Family } from "../task/family.ts"
import type { Task } from "../task/task.ts"
import type { Waiter } from "../task/waiters.ts"
import type { PipelineEngine } from "./engine.ts"
import { type BadEnd, failureOf, setupFailure, verbOf } from "./failure.ts"
import { type FanOut, type FanOutSource, totalOf } from "./plan.ts"
import { Tally } from "./tally.ts"

/** One of them in a message: "item 3". */
const nouns = { calls: "call", items: "item", chunks: "chunk" } as const

/** As many tasks wait for a slot at most; the next ones are made when those begin. */
const longestLine = 1000

/**
 * The tasks of one fan-out, made as they have their turn. Each costs the same however many there are: nothing looks at all of them, but
 * a failure that cancels those which are alive.
 */
export class FanOutRun {
  readonly #engine: PipelineEngine
  readonly #number: number
  readonly #fanOut: FanOut
  readonly #done: (outputs: readonly unknown[]) => void
  readonly #callAt: (index: number) => AnyTaskCall
  readonly #results: unknown[]
  readonly #tally: Tally
  #next = 0
  #waiting = 0
  #isStarting = false
  #isOver = false

  constructor(engine: PipelineEngine, step: number, fanOut: FanOut, done: (outputs: readonly unknown[]) => void) {
    this.#engine = engine
    this.#number = step
    this.#fanOut = fanOut
    this.#done = done
    const total = totalOf(fanOut.source)
    this.#callAt = callsOf(fanOut.source)
    this.#results = new Array<unknown>(total)
    this.#tally = new Tally(engine.attempt, engine.place, step, total)
  }

  begin(): void {
    this.#tally.tellNow()
    if (this.#tally.counts.total === 0) this.#finish()
    else this.#startMore()
  }

  stop(): void {
    this.#isOver = true
  }

  get #isDone(): boolean {
    return this.#isOver || this.#engine.isOver
  }

  #startMore(): void {
    // A task that settles or begins while it is being submitted is seen in the loop's next turn.
    if (this.#isStarting) return
    this.#isStarting = true
    const { concurrency } = this.#fanOut
    const { counts } = this.#tally
    while (!this.#isDone && this.#next < counts.total && counts.alive < concurrency && this.#waiting < longestLine) {
      this.#start(this.#next++)
    }
    this.#isStarting = false
    this.#tally.tellSoon()
  }

  #start(index: number): void {
    const step = this.#engine.nameOfStep(this.#number, index)
    const left = this.#engine.takeLeft(step)
    let child: Task
    try {
      const call = this.#callAt(index)
      if (left?.outcome !== undefined) {
        this.#engine.countSettled(call)
        return this.#settled(index, left.outcome)
      }
      child = this.#engine.start(call, step, left)
    } catch (thrown) {
      const failure = setupFailure(thrown)
      return this.#settled(index, { status: "failed", failure, attempts: [failure] })
    }
    this.#tally.counts.alive++
    // One that is delayed waits for its instant, and not in the line.
    const isInLine = child.waits?.notBefore === undefined
    if (isInLine) this.#waiting++
    const member = new Member(this, index, child, isInLine)
    child.family ??= new Family()
    child.family.beginning = member
    child.addWaiter(member)
  }

  /** One of them begins. */
  began(wasInLine: boolean): void {
    if (wasInLine) this.#waiting--
    this.#startMore()
  }

  /** One of them has settled. */
  ended(index: number, child: Task, wasInLine: boolean, outcome: Outcome<unknown>): void {
    if (wasInLine) this.#waiting--
    this.#tally.counts.alive--
    this.#settled(index, outcome, child)
  }

  #settled(index: number, outcome: Outcome<unknown>, child?: Task): void {
    this.#tally.counts[outcome.status]++
    this.#tally.tellSoon()
    if (this.#isDone) return
    const isSettledMode = this.#fanOut.mode === "settled"
    if (outcome.status !== "completed" && !isSettledMode) return this.#fail(index, outcome, child)
    this.#results[index] = outcome.status === "completed" && !isSettledMode ? outcome.output : outcome
    if (this.#tally.settled === this.#tally.counts.total) this.#finish()
    else this.#startMore()
  }

  /** The first failure: those that are alive are cancelled, and no other one is made. */
  #fail(index: number, outcome: BadEnd, child: Task | undefined): void {
    this.#isOver = true
    const what = `${nouns[this.#fanOut.source.type]} ${index + 1}${child === undefined ? "" : ` (${JSON.stringify(child.definition.taskName)})`}`
    this.#engine.fail(`${what} ${verbOf(outcome)}`, failureOf(child, outcome))
  }

  #finish(): void {
    this.#isOver = true
    this.#tally.tellNow()
    this.#done(this.#results)
  }
}

/** One task of a fan-out, as its run follows it: one object, where functions would be four. */
class Member implements Waiter {
  next: Waiter | undefined = undefined
  readonly #run: FanOutRun
  readonly #index: number
  readonly #child: Task
  #isInLine: boolean

  constructor(run: FanOutRun, index: number, child: Task, isInLine: boolean) {
    this.#run = run
    this.#index = index
    this.#child = child
    this.#isInLine = isInLine
  }

  began(): void {
    this.#run.began(this.#leaveLine())
  }

  settled(_id: string, outcome: Outcome<unknown>): void {
    this.#run.ended(this.#index, this.#child, this.#leaveLine(), outcome)
  }

  /** True the first time, if it was there. */
  #leaveLine(): boolean {
    const wasInLine = this.#isInLine
    this.#isInLine = false
    return wasInLine
  }
}

/** Makes the tasks of a fan-out, each by its number. */
function callsOf(source: FanOutSource): (index: number) => AnyTaskCall {
  switch (source.type) {
    case "calls":
      return (index) => {
        const call = source.calls[index]
        if (call === undefined) throw new RangeError(`Cannot run call ${index + 1}: there are ${source.calls.length}`)
        return call
      }
    case "items": {
      const { definition, items } = source
      return (index) => new Call(definition, [items[index]], definition.settings)
    }
    case "chunks": {
      const { items, size } = source
      const callOf = batched(source.definition)
      // With an infinite size, 0 × size is not a number.
      return (index) => callOf(items.slice(index && index * size, (index + 1) * size).map((item) => [item]))
    }
  }
}
