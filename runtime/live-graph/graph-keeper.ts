import { createActor } from "xstate"
import { type LiveGraphActor, liveGraphMachine } from "../../machines/live-graph/machine.ts"
import type { Outcome } from "../../machines/task/outcome.ts"
import type { Timer } from "../clock/timers.ts"
import { durationMs, type DurationInput } from "../definition/duration.ts"
import { asError } from "../failure/codec/as-error.ts"
import { show } from "../failure/show.ts"
import { setupFailure } from "../pipeline/failure.ts"
import { byName, callOf, inputOf } from "../pipeline/input.ts"
import { orderOf } from "../pipeline/order.ts"
import type { GraphPlan, PipelinePlan } from "../pipeline/plan.ts"
import { checkCall } from "../pipeline/step.ts"
import type { Supervisor } from "../supervisor/supervisor.ts"
import type { Workings } from "../supervisor/workings.ts"
import type { TaskCall } from "../definition/definition.ts"
import { type IsEqual, LiveSteps } from "./live-steps.ts"
import type { LiveGraph, LiveGraphSnapshot } from "./live-graph.ts"
import { Onlookers } from "./onlookers.ts"
import type { StepRecord } from "./step-record.ts"

export interface KeeperParts {
  readonly supervisor: Supervisor
  readonly workings: Workings
  readonly plan: PipelinePlan
  readonly graph: GraphPlan
  readonly mode: "automatic" | "manual"
  readonly debounceMs: number
  readonly isEqual: IsEqual
}

/** Runs the steps of a live graph: those that are dirty and wait for nothing, while the gate of its machine is open. */
export class GraphKeeper implements LiveGraph {
  readonly actor: LiveGraphActor
  readonly #parts: KeeperParts
  readonly #steps: LiveSteps
  readonly #byName: ReadonlyMap<string, StepRecord>
  readonly #running = new Set<StepRecord>()
  readonly #onlookers: Onlookers
  #debounce: Timer | undefined
  #snapshot: LiveGraphSnapshot | undefined
  #isLooking = false

  constructor(parts: KeeperParts) {
    const { supervisor, workings, plan, graph, mode } = parts
    this.#parts = parts
    this.#onlookers = new Onlookers(workings, () => this.snapshot)
    this.#steps = new LiveSteps(graph.names, orderOf(plan), parts.isEqual, () => this.#changed())
    this.#byName = new Map(this.#steps.all.map((step) => [step.name, step]))
    const isOpen = supervisor.getSnapshot().state === "open"
    const parent = isOpen ? { parent: supervisor.actor } : {}
    this.actor = createActor(liveGraphMachine, { id: "live graph", input: { mode }, ...parent })
    const { unsubscribe } = supervisor.actor.subscribe(({ value }: { readonly value: unknown }) => {
      if (value !== "open") this.actor.send({ type: "stop" })
    })
    this.actor.subscribe({
      next: () => {
        this.#changed()
        this.#look()
      },
      complete: () => {
        unsubscribe()
        workings.timers.end(this.#debounce)
      },
    })
    this.actor.start()
    if (!isOpen) this.actor.send({ type: "stop" })
    this.#look()
  }

  get snapshot(): LiveGraphSnapshot {
    this.#snapshot ??= Object.freeze({
      state: this.#isStopped ? "stopped" : this.#place.work,
      waitsFor: this.#steps.areFresh || this.#isStopped ? undefined : waits[this.#place.gate],
      steps: Object.freeze(Object.fromEntries(this.#steps.all.map(({ name, view }) => [name, view]))),
    })
    return this.#snapshot
  }

  invalidate(name?: string, call?: TaskCall<unknown>): void {
    const first = name === undefined && call === undefined ? this.#steps.all : [this.#stepNamed(name)]
    if (call !== undefined) checkCall(call, `Cannot invalidate step ${JSON.stringify(name)}: what it runs`)
    if (this.#isStopped) return
    for (const step of first) {
      step.call = call ?? step.call
      this.#outdate(step)
    }
    this.actor.send({ type: "invalidate" })
    if (this.#place.gate === "gathering") this.#armDebounce()
  }

  refresh({ force = false }: { readonly force?: boolean } = {}): Promise<Outcome<Readonly<Record<string, unknown>>>> {
    const again = this.#steps.all.filter(({ state }) => force || state === "failed" || state === "cancelled")
    if (!this.#isStopped) {
      for (const step of again) this.#outdate(step)
      if (again.length > 0) this.actor.send({ type: "invalidate" })
      this.actor.send({ type: "refresh" })
    }
    return this.outcome()
  }

  pause(): void {
    if (!this.#isStopped) this.actor.send({ type: "pause" })
  }

  resume(): void {
    if (this.#isStopped) return
    if (this.#place.gate !== "paused")
      throw new RangeError("Cannot resume a live graph: it is not paused; pause it first")
    this.actor.send({ type: "resume" })
  }

  subscribe(listener: (snapshot: LiveGraphSnapshot) => void): () => void {
    return this.#onlookers.subscribe(listener)
  }

  async settled({ timeout }: { readonly timeout?: DurationInput } = {}): Promise<boolean> {
    const timeoutMs = timeout === undefined ? undefined : durationMs(timeout, "the timeout of settled()")
    return (await this.#onlookers.wait(() => this.#isQuiet || undefined, timeoutMs)) === true
  }

  async outcome(): Promise<Outcome<Readonly<Record<string, unknown>>>> {
    // What it has come to is told as it was then: whoever is told of it first may change it.
    return (await this.#onlookers.wait(() => (this.#isAtRest ? this.#outcomeNow : undefined))) ?? stopped
  }

  async stop(): Promise<void> {
    if (!this.#isStopped) {
      this.actor.send({ type: "stop" })
      for (const { handle } of this.#running) void handle?.cancel(stopMessage)
    }
    await this.settled()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  get #outcomeNow(): Outcome<Readonly<Record<string, unknown>>> {
    if (this.#isStopped) return stopped
    const { graph } = this.#parts
    const bad = this.#steps.all.find(({ outcome }) => outcome !== undefined)?.outcome
    if (bad !== undefined && !this.#steps.areFresh) return bad
    return { status: "completed", output: byName(graph, graph.names.keys(), (number) => this.#outputAt(number)) }
  }

  // ------------------------------------------------------------------------------------------------------------- its steps

  #outdate(step: StepRecord): void {
    for (const { handle } of this.#steps.invalidate(step)) void handle?.cancel("what it works on has changed")
  }

  /** Begins what can begin, and says when nothing can. */
  #look(): void {
    if (this.#isLooking) return
    this.#isLooking = true
    const { concurrency } = this.#parts.graph
    while (!this.#isStopped && this.#place.gate === "open" && this.#running.size < concurrency) {
      const step = this.#steps.next()
      if (step === undefined) break
      this.#start(step)
    }
    this.#isLooking = false
    if (this.#running.size === 0 && this.#isRestNews) {
      // While the gate is open: whoever has asked for a refresh is told of its end, also where a step has failed.
      this.#onlookers.look()
      this.actor.send({ type: "rest", isFresh: this.#steps.areFresh })
    }
    this.#onlookers.look()
  }

  /** Whether the machine does not know yet that there is nothing to do. */
  get #isRestNews(): boolean {
    if (this.#isStopped) return false
    const { gate, work } = this.#place
    return (
      work === "computing" ||
      (work === "stale" && this.#steps.areFresh) ||
      (gate === "open" && this.#parts.mode === "manual")
    )
  }

  #start(step: StepRecord): void {
    const { supervisor, plan, graph } = this.#parts
    const stage = plan.stages[step.number]
    if (stage === undefined || stage.type === "fan-out") return
    const inputs = this.#steps.inputsOf(step)
    const input = inputOf(graph, step.number, (number) => this.#outputAt(number))
    step.isOutdated = false
    step.ends(undefined)
    try {
      step.handle = supervisor.run((step.call ?? callOf(stage, input)) as TaskCall<unknown>)
    } catch (thrown) {
      const failure = setupFailure(thrown)
      this.#steps.move(step, "start")
      return this.#fail(step, { status: "failed", failure, attempts: [failure] })
    }
    this.#running.add(step)
    this.#steps.move(step, "start")
    if (this.#place.work !== "computing") this.actor.send({ type: "begin" })
    void step.handle.outcome().then((outcome) => this.#ended(step, outcome, inputs))
  }

  #ended(step: StepRecord, outcome: Outcome<unknown>, inputs: readonly unknown[]): void {
    this.#running.delete(step)
    step.handle = undefined
    step.touch()
    if (step.isOutdated) this.#steps.offer(step)
    else if (outcome.status === "completed") this.#complete(step, outcome.output, inputs)
    else if (outcome.status === "failed") this.#fail(step, outcome)
    else if (step.version === 0) {
      step.ends(outcome)
      this.#steps.move(step, "cancel")
    } else {
      // Whoever cancels it keeps what there is.
      step.mustRun = false
      this.#steps.move(step, "keep")
    }
    this.#changed()
    this.#look()
  }

  #complete(step: StepRecord, output: unknown, inputs: readonly unknown[]): void {
    let isSame: boolean
    try {
      isSame = step.version > 0 && this.#parts.isEqual(step.output, output, step.name)
    } catch (thrown) {
      const failure = { type: "error", error: asError(thrown) } as const
      return this.#fail(step, { status: "failed", failure, attempts: [failure] })
    }
    step.take(output, inputs, isSame)
    this.#steps.move(step, "complete")
  }

  #fail(step: StepRecord, outcome: Outcome<unknown>): void {
    step.ends(outcome)
    this.#steps.move(step, "fail")
  }

  #outputAt(number: number): unknown {
    return this.#steps.all[number]?.output
  }

  #stepNamed(name: string | undefined): StepRecord {
    const step = this.#byName.get(name ?? "")
    if (step !== undefined) return step
    throw new RangeError(
      `Cannot invalidate ${show(name)}: it is none of the steps of this graph: ${[...this.#byName.keys()].join(", ")}`,
    )
  }

  // ---------------------------------------------------------------------------------------------------------- its machine

  get #isStopped(): boolean {
    return this.actor.getSnapshot().status !== "active"
  }

  get #place(): { readonly gate: keyof typeof waits; readonly work: "stale" | "computing" | "fresh" } {
    const { value } = this.actor.getSnapshot()
    return typeof value === "object" ? value.living : { gate: "open", work: "stale" }
  }

  /** Nothing runs, and nothing is about to. */
  get #isQuiet(): boolean {
    return this.#isAtRest || (this.#running.size === 0 && this.#place.gate === "held")
  }

  /** Nothing more can be made valid until something is invalidated. */
  get #isAtRest(): boolean {
    if (this.#running.size > 0) return false
    return this.#isStopped || this.#steps.areFresh || this.#place.gate === "open"
  }

  #armDebounce(): void {
    const { workings, debounceMs } = this.#parts
    workings.timers.end(this.#debounce)
    this.#debounce = workings.timers.after(debounceMs, () => this.actor.send({ type: "due" }))
  }

  #changed(): void {
    this.#snapshot = undefined
    this.#onlookers.changed()
  }
}

/** What opens each gate. */
const waits = {
  open: undefined,
  choosing: undefined,
  gathering: "debounce",
  held: "refresh",
  paused: "resume",
} as const

const stopMessage = "the live graph was stopped"
const stopped = { status: "cancelled", reason: { type: "requested", message: stopMessage } } as const
