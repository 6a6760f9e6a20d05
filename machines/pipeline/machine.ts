import { type ActorRef, assign, type MachineSnapshot, setup, type StateSchema, type StateValue } from "xstate"
import type { Outcome } from "../task/outcome.ts"
import {
  endStates,
  type FanOutShape,
  leafCount,
  pathText,
  type PipelineShape,
  stateNames,
  stepsOf,
  type StepShape,
} from "./shape.ts"

/** How far the tasks of one fan-out are. What is neither is not there yet, or never was. */
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
  /** By the path of the fan-out's state: `"map"`, `"chain.group"`. */
  readonly counts: Readonly<Record<string, FanOutCounts>>
  /** The path of the state at which a pipeline ended that did not complete. */
  readonly stoppedAt?: string
}

/** All that can happen to a pipeline. */
export type PipelineEvent =
  /** The present step is through. */
  | { readonly type: "next" }
  /** Another attempt, of all or of a pipeline inside: back to its first place, by number. */
  | { readonly type: `again.${number}` }
  | { readonly type: "count"; readonly at: string; readonly counts: FanOutCounts }
  /** Its task has settled. */
  | { readonly type: "completed" | "failed" | "cancelled"; readonly outcome: Outcome<unknown>; readonly at: string }

/** What the state of a fan-out says of it. */
export interface PipelineMeta {
  readonly fanOut?: Pick<FanOutShape, "kind" | "total" | "names">
}

const noMeta: PipelineMeta = {}

const pipeline = setup({
  types: {
    context: {} as PipelineContext,
    events: {} as PipelineEvent,
    output: {} as Outcome<unknown>,
    meta: noMeta,
  },
})

type State = ReturnType<typeof pipeline.createStateConfig>
interface States {
  readonly initial: string
  readonly states: Record<string, State>
}

/** More names than these are not drawn: each one costs something with every event. */
const mostRegions = 16

/**
 * The statechart of a pipeline: a state for each step, named after it; a pipeline inside is a state with states, a fan-out one state with
 * a region for each kind of task in it, and its numbers in the machine context. It stands at its first step until its task begins, and
 * ends as its task does.
 *
 * It is told what happens, and runs nothing by itself.
 */
export function pipelineMachine(shape: PipelineShape) {
  let leaf = 0
  const last = leafCount(shape) - 1
  const counts: Record<string, FanOutCounts> = {}
  const build = (steps: readonly StepShape[], path: readonly string[]): States => {
    const names = stateNames(steps, path.length === 0)
    const states = steps.map((step, index) => {
      const own = [...path, names[index] ?? ""]
      if (step.type === "fan-out") counts[pathText(own)] = noCounts(step.total)
      if (step.type !== "sequence") return leafState(step, leaf++, last)
      const first = leaf
      return pipeline.createStateConfig({ ...build(step.steps, own), on: again(first) })
    })
    // Not the first key: an object has its keys that are numbers before all others.
    return {
      initial: names[0] ?? "",
      states: Object.fromEntries(names.map((name, index) => [name, states[index] ?? {}])),
    }
  }
  const { initial, states } = build(stepsOf(shape), [])
  return pipeline.createMachine({
    id: shape.kind,
    context: { counts },
    initial,
    on: {
      ...again(0),
      count: {
        actions: assign({ counts: ({ context, event }) => ({ ...context.counts, [event.at]: event.counts }) }),
      },
      completed: { target: "#completed" },
      failed: { target: "#failed", actions: assign({ stoppedAt: ({ event }) => event.at }) },
      cancelled: { target: "#cancelled", actions: assign({ stoppedAt: ({ event }) => event.at }) },
    },
    states: { ...states, ...Object.fromEntries(endStates.map((name) => [name, endState(name)])) },
    output: ({ event }) => event.output as Outcome<unknown>,
  })
}

export type PipelineMachine = ReturnType<typeof pipelineMachine>

/** `value` is the present step: `"load"`, `{ chain: "scale" }`, `{ map: { resize: {} } }`; at the end `"completed"`, `"failed"` or `"cancelled"`. */
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

function again(first: number): Record<string, { target: string; reenter: true }> {
  return { [`again.${first}`]: { target: `#leaf-${first}`, reenter: true } }
}

function leafState(step: Exclude<StepShape, { type: "sequence" }>, leaf: number, last: number): State {
  const state = { id: `leaf-${leaf}`, on: leaf === last ? {} : { next: `#leaf-${leaf + 1}` } }
  if (step.type === "task") return pipeline.createStateConfig(state)
  const { kind, total, names } = step
  const meta = { fanOut: { kind, total, names } }
  if (names.length === 0 || names.length > mostRegions) return pipeline.createStateConfig({ ...state, meta })
  return pipeline.createStateConfig({
    ...state,
    type: "parallel",
    meta,
    states: Object.fromEntries(names.map((name) => [name, {}])),
  })
}

function endState(name: string): State {
  return pipeline.createStateConfig({
    id: name,
    type: "final",
    output: ({ event }) => ("outcome" in event ? event.outcome : undefined),
  })
}
