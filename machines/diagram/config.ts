import type { AnyStateMachine } from "xstate"
import { describeGuard, nameOf } from "./names.ts"

/** Plain data that JSON carries. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

/**
 * A machine's configuration as plain data: what Stately's editor imports, within `createMachine(…)`, and what `createMachine` makes the
 * same statechart of. Actions, guards and actors are there by name; what is code and has no place in a diagram (inputs, outputs, a context that
 * is computed) is left out.
 *
 * @example
 * const text = JSON.stringify(toConfig(taskMachine), null, 2)
 */
export function toConfig({ config }: AnyStateMachine): JsonObject {
  return state(config)
}

/** How each property of a configuration is written down; those that are not here are code, or types. */
type Writers = Readonly<Record<string, (value: unknown) => Json | undefined>>

const plain: Writers = { id: json, type: json, description: json, meta: json, tags: json, target: json }

const ofState: Writers = {
  ...plain,
  version: json,
  context: json,
  history: json,
  initial: transition,
  entry: (value) => actions(value, "entry"),
  exit: (value) => actions(value, "exit"),
  invoke: (value) => each(value, (one) => object(one, ofInvoke)),
  always: transitions,
  after: (value) => named(value, transitions),
  on: (value) => named(value, transitions),
  onDone: transitions,
  states: (value) => named(value, state),
}

const ofTransition: Writers = {
  ...plain,
  guard: (value) => ({ type: describeGuard(value) }),
  actions: (value) => actions(value, "actions"),
  reenter: json,
}

const ofInvoke: Writers = {
  ...plain,
  src: (value) => nameOf(value, "src"),
  systemId: json,
  onDone: transitions,
  onError: transitions,
  onSnapshot: transitions,
}

function state(config: unknown): JsonObject {
  return object(config, ofState)
}

function transitions(value: unknown): Json {
  return each(value, transition)
}

/** A transition without a target or an action forbids its event: nothing, and `{}`, say so. */
function transition(value: unknown): Json {
  return typeof value === "string" ? value : object(value, ofTransition)
}

function actions(value: unknown, place: string): Json {
  return each(value, (action) => ({ type: nameOf(action, place) }))
}

function each(value: unknown, write: (one: unknown) => Json): Json {
  return Array.isArray(value) ? value.map(write) : write(value)
}

function object(value: unknown, writers: Writers): JsonObject {
  return fromEntries(value, (name, part) => (Object.hasOwn(writers, name) ? writers[name]?.(part) : undefined))
}

/** Here the properties are names of the user's: of states, events and delays. */
function named(value: unknown, write: (one: unknown) => Json): Json {
  return fromEntries(value, (_name, part) => write(part))
}

function json(value: unknown, above: readonly object[] = []): Json | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value)
  if (typeof value === "bigint") return String(value)
  if (typeof value !== "object" || above.includes(value)) return undefined
  const within = [...above, value]
  if (Array.isArray(value)) return value.map((one) => json(one, within) ?? null)
  return fromEntries(value, (_name, part) => json(part, within))
}

function fromEntries(value: unknown, write: (name: string, part: unknown) => Json | undefined): JsonObject {
  const entries = Object.entries(value ?? {}).flatMap(([name, part]: [string, unknown]) => {
    const written = write(name, part)
    return written === undefined ? [] : [[name, written] as const]
  })
  return Object.fromEntries(entries)
}
