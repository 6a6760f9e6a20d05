import type { AnyActorRef, EventObject } from "xstate"
import type { Outcome } from "../../machines/task/outcome.ts"
import { makeSupervisor } from "../supervisor/create-supervisor.ts"
import type { Supervisor } from "../supervisor/supervisor.ts"
import type { TaskHandle } from "../task/handle.ts"
import type { ScriptedAttempt } from "./scripted-attempt.ts"
import { type ScriptedBodies, scriptedBodies } from "./scripted-bodies.ts"
import { type SimulatedClock, simulatedClock } from "./simulated-clock.ts"
import type { Walk } from "./walk-paths.ts"

/** Something that can happen now. */
export interface Choice {
  readonly step: string
  take(): void
}

/** A path that is being walked. */
export class WalkWorld {
  readonly clock: SimulatedClock = simulatedClock()
  readonly supervisor: Supervisor
  readonly actor: AnyActorRef
  /** How each task ended that has. */
  readonly outcomes: { readonly task: string; readonly outcome: Outcome<unknown> }[] = []
  readonly #walk: Walk
  readonly #bodies: ScriptedBodies
  /** Where a task is walked. */
  readonly #handle: TaskHandle | undefined
  readonly #labels = new Map<string, string>()
  readonly #times = new Map<string, number>()
  readonly #seen = new Set<string>()
  #state: string | undefined

  constructor(walk: Walk) {
    this.#walk = walk
    this.#bodies = scriptedBodies({ real: walk.real ?? [] })
    this.supervisor = makeSupervisor(this.#bodies.executors, { clock: this.clock })
    this.supervisor.onFact((fact) => {
      const task = this.#labelOf(fact.task, fact.name)
      if (fact.type === "outcome") this.outcomes.push({ task, outcome: fact.outcome })
    })
    const { begin } = walk
    const begun = typeof begin === "function" ? begin(this) : this.supervisor.run(begin)
    this.#handle = "actor" in begun ? begun : undefined
    this.actor = "actor" in begun ? begun.actor : begun
    // An actor that ends with an error which nobody hears would end the program.
    this.actor.subscribe({ error: () => {} })
  }

  get isOver(): boolean {
    return this.actor.getSnapshot().status !== "active"
  }

  /** A machine may go round without coming to another state, by entering its state again; a task has an end. */
  get mostSteps(): number {
    return this.#handle === undefined ? 50 : 1000
  }

  /** How many tasks live. */
  get alive(): number {
    return this.#living.length
  }

  /** Of a pipeline that did not complete: the state at which it stopped. */
  get stoppedAt(): string | undefined {
    return this.#handle?.pipeline?.getSnapshot().context.stoppedAt
  }

  /** Where the walk is, as far as what may happen next depends on it: the state, and which tasks live, in which attempt. */
  get place(): string {
    const { status, value } = this.actor.getSnapshot() as { readonly status: string; readonly value?: unknown }
    return JSON.stringify([status, value, this.#living.map(({ name, phase, attempt }) => [name, phase, attempt])])
  }

  /** It has been here before. As long as a machine stays in a state, what runs there is on its way, and is not back. */
  isBack(): boolean {
    const state = stateText(this.actor.getSnapshot().value)
    if (state === this.#state) return false
    this.#state = state
    if (this.#seen.has(this.place)) return true
    this.#seen.add(this.place)
    return false
  }

  get choices(): readonly Choice[] {
    const { supervisor, actor } = this
    const { events = [], order = "every" } = this.#walk
    const { running } = this.#bodies
    const handle = this.#handle
    const snapshot = actor.getSnapshot() as { readonly can?: (event: EventObject) => boolean }
    const choices = (order === "every" ? running : running.slice(0, 1)).flatMap((attempt): readonly Choice[] => {
      const label = this.#labelOf(attempt.id, attempt.name)
      const ends = [
        { step: `${label} completes`, take: () => attempt.complete(this.#outputOf(attempt)) },
        { step: `${label} fails`, take: () => attempt.fail(new Error(`${label} fails`)) },
        { step: `${label} is cancelled`, take: () => void supervisor.cancel(attempt.id) },
      ]
      return attempt.id === handle?.id ? ends.slice(0, 2) : ends
    })
    const whole = handle?.snapshot.cancelRequested === false && choices.length > 0 ? [handle] : []
    return [
      ...choices,
      ...whole.map((task) => ({ step: `${task.snapshot.name} is cancelled`, take: () => void task.cancel() })),
      ...events
        .filter((event) => snapshot.can?.(event) === true)
        .map((event) => ({ step: `event ${event.type}`, take: () => actor.send(event) })),
    ]
  }

  get #living() {
    const { inspect } = this.supervisor
    return [...inspect.active(), ...inspect.reserved(), ...inspect.scheduled()]
  }

  #outputOf({ name, args }: ScriptedAttempt): unknown {
    const output = this.#walk.outputs?.[name]
    return typeof output === "function" ? (output as (...args: readonly unknown[]) => unknown)(...args) : output
  }

  /** The task's name; the second of that name on a path is numbered, and those after it. */
  #labelOf(id: string, name: string): string {
    const known = this.#labels.get(id)
    if (known !== undefined) return known
    const times = (this.#times.get(name) ?? 0) + 1
    const label = times === 1 ? name : `${name} ${times}`
    this.#times.set(name, times)
    this.#labels.set(id, label)
    return label
  }
}

/** With dots: `working.resizing`. */
export function stateText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value)
  const parts = Object.entries(value).map(([outer, inner]) =>
    stateText(inner) === "" ? outer : `${outer}.${stateText(inner)}`,
  )
  return parts.join(" and ")
}
