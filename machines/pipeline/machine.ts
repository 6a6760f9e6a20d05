import { type ActorRef, assign, type MachineSnapshot, setup, type StateSchema, type StateValue } from "xstate"
import type { Outcome } from "../task/outcome.ts"
import {
  endStates,
  type FanOutShape,
  type GraphShape,
  hasRegions,
  numbersOf,
  pathText,
  type PipelineShape,
  type SequenceShape,
  stateNames,
  stepsOf,
  type StepShape,
} from "./shape.ts"

/** How far the tasks of one fan-out, or the steps of one graph, are. What is neither is not there yet, or never was. */
export interface FanOutCounts {
  readonly total: number
  /** Submitted and not settled. */
  readonly alive: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
}

/** The machine context of a pipeline. */
export interface PipelineContext {
  /** By the path of the state of a fan-out or a graph: `"map"`, `"chain.group"`. */
  readonly counts: Readonly<Record<string, FanOutCounts>>
  /** The path of the state at which a pipeline ended that did not complete. */
  readonly stoppedAt?: string
}

/** What can happen to the steps of a pipeline, each of which is named by its number. */
export type PipelineMove =
  /** It is through, and the next one is the present step. */
  | "next"
  /** A pipeline has another attempt: it goes back to where it begins. */
  | "again"
  /** The step of a graph begins, or has settled. */
  | "begin"
  | "completed"
  | "failed"
  | "cancelled"

/** All that can happen to a pipeline. */
export type PipelineEvent =
  | { readonly type: `${PipelineMove}.${number}` }
  | { readonly type: "count"; readonly at: string; readonly counts: FanOutCounts }
  /** Its task has settled. */
  | { readonly type: "completed" | "failed" | "cancelled"; readonly outcome: Outcome<unknown>; readonly at: string }

/** What the states of fan-outs and of a graph's steps say of them, and transitions of themselves. */
export interface PipelineMeta {
  readonly fanOut?: Pick<FanOutShape, "kind" | "total" | "names">
  /** The steps of a graph that this one waits for. */
  readonly after?: readonly string[]
  /** Of a transition: what a diagram says in place of its event; `false` where it does not show it. */
  readonly label?: string | false
}

const noMeta: PipelineMeta = {}
const through: PipelineMeta = { label: "completed" }
const internal: PipelineMeta = { label: false }

const pipeline = setup({
  types: {
    context: {} as PipelineContext,
    events: {} as PipelineEvent,
    output: {} as Outcome<unknown>,
    meta: noMeta,
  },
})

type State = ReturnType<typeof pipeline.createStateConfig>

/** More names of tasks than these are not drawn: each one costs something with every event. */
const mostRegions = 16

/**
 * The statechart of a pipeline: a state for each step, named after it; a pipeline inside is a state with states, a fan-out one state with
 * a region for each kind of task in it, a graph one with a region for each step. The numbers of both are in the machine context. It stands
 * at its first step until its task begins, and ends as its task does.
 *
 * It is told what happens, and runs nothing by itself.
 */
export function pipelineMachine(shape: PipelineShape) {
  const counts: Record<string, FanOutCounts> = {}

  /** Steps one after another. */
  const sequence = (steps: readonly StepShape[], numbers: readonly number[], path: readonly string[], end?: State) => {
    const names = stateNames(steps, path.length === 0)
    const states = steps.map((step, index): [string, State] => {
      const name = names[index] ?? ""
      const next = numbers[index + 1]
      const on = next === undefined ? end?.on : { [`next.${numbers[index]}`]: { target: idOf(next), meta: through } }
      return [name, stateOf(step, numbers[index] ?? 0, [...path, name], on)]
    })
    // Not the first key: an object has its keys that are numbers before all others.
    return { initial: names[0] ?? "", states: Object.fromEntries(states) }
  }

  const stateOf = (step: StepShape, number: number, path: readonly string[], on: State["on"] = {}): State => {
    const state = { id: idOf(number).slice(1), on }
    switch (step.type) {
      case "task":
        return pipeline.createStateConfig(state)
      case "fan-out":
        counts[pathText(path)] = noCounts(step.total)
        return pipeline.createStateConfig({ ...state, ...fanOut(step) })
      case "sequence":
        return pipeline.createStateConfig({
          ...state,
          ...sequence(step.steps, within(step, number), path),
          on: { ...on, ...again(number) },
        })
      case "graph":
        counts[pathText(path)] = noCounts(step.steps.length)
        return pipeline.createStateConfig({ ...state, ...graph(step, number, path), on: { ...on, ...again(number) } })
    }
  }

  const graph = (step: GraphShape, number: number, path: readonly string[]): State => {
    if (step.steps.length === 0 || !hasRegions(step)) return {}
    const numbers = within(step, number)
    const regions = step.steps.map(({ name, after, runs }, index): [string, State] => {
      const own = numbers[index] ?? 0
      const ends = { [`completed.${own}`]: "completed", [`failed.${own}`]: "failed", [`cancelled.${own}`]: "cancelled" }
      return [
        name,
        pipeline.createStateConfig({
          initial: "waiting",
          meta: { after },
          states: {
            waiting: { on: { [`begin.${own}`]: "running", [`cancelled.${own}`]: "cancelled" } },
            running: stateOf(runs, own, [...path, name, "running"], ends),
            ...Object.fromEntries(endStates.map((end) => [end, { type: "final" }])),
          },
        }),
      ]
    })
    return { type: "parallel", states: Object.fromEntries(regions) }
  }

  const top = shape.type === "sequence" ? numbersOf(shape) : [0]
  const { initial, states } = sequence(stepsOf(shape), top, [], { on: { completed: "#completed" } })
  return pipeline.createMachine({
    id: shape.kind,
    context: { counts },
    initial,
    on: {
      ...again(0, top[0]),
      count: {
        actions: assign({ counts: ({ context, event }) => ({ ...context.counts, [event.at]: event.counts }) }),
        meta: internal,
      },
      failed: { target: "#failed", actions: assign({ stoppedAt: ({ event }) => event.at }) },
      cancelled: { target: "#cancelled", actions: assign({ stoppedAt: ({ event }) => event.at }) },
    },
    states: { ...states, ...Object.fromEntries(endStates.map((name) => [name, endState(name)])) },
    output: ({ event }) => event.output as Outcome<unknown>,
  })
}

export type PipelineMachine = ReturnType<typeof pipelineMachine>

/**
 * `value` is the present step: `"load"`, `{ chain: "scale" }`, `{ map: { resize: {} } }`, `{ graph: { load: "completed", scale: "running" } }`;
 * at the end `"completed"`, `"failed"` or `"cancelled"`.
 */
export type PipelineSnapshot = MachineSnapshot<
  PipelineContext,
  PipelineEvent,
  Record<string, never>,
  StateValue,
  string,
  Outcome<unknown>,
  PipelineMeta,
  StateSchema
>

/** A live pipeline's machine. */
export type PipelineActor = ActorRef<PipelineSnapshot, PipelineEvent>

export function noCounts(total: number): FanOutCounts {
  return { total, alive: 0, completed: 0, failed: 0, cancelled: 0 }
}

function idOf(number: number): string {
  return `#step-${number}`
}

/** The numbers of the steps of a pipeline that is itself a step. */
function within(shape: SequenceShape | GraphShape, number: number): readonly number[] {
  return numbersOf(shape).map((own) => number + own)
}

function again(number: number, target: number = number): State["on"] {
  return { [`again.${number}`]: { target: idOf(target), reenter: true, meta: internal } }
}

function fanOut({ kind, total, names }: FanOutShape): State {
  const meta = { fanOut: { kind, total, names } }
  if (names.length === 0 || names.length > mostRegions) return { meta }
  return { type: "parallel", meta, states: Object.fromEntries(names.map((name) => [name, {}])) }
}

function endState(name: string): State {
  return pipeline.createStateConfig({
    id: name,
    type: "final",
    output: ({ event }) => ("outcome" in event ? event.outcome : undefined),
  })
}
