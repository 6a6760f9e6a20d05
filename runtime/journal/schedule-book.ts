import type { AnyTaskCall } from "../definition/definition.ts"
import { definitionOf } from "../definition/call.ts"
import { whenRegistered } from "../definition/registry.ts"
import { findUnserializable } from "../failure/codec/unserializable-path.ts"
import type { KeptCall, StoreSession } from "../ports/store.ts"
import type { ScheduleBook } from "../schedule/schedule-book.ts"
import type { ScheduleRecord } from "../schedule/schedule-record.ts"
import type { ScheduleOptions } from "../schedule/schedules.ts"
import type { Journal } from "./journal.ts"
import { callOf, canBeFound, keepCall } from "./kept-call.ts"
import { keptSettings } from "../definition/plain-settings.ts"

/** A record as a store keeps it. */
export type KeptSchedule = Omit<ScheduleRecord, "call"> & { readonly task: string; readonly call: KeptCall }

type Listener = (name: string, record: ScheduleRecord | undefined) => void

/** What all supervisors of one store share. */
interface Shelf {
  readonly records: Map<string, ScheduleRecord>
  /** Those for whose calls this program has no definition yet. */
  readonly held: Map<ScheduleRecord, KeptCall>
  readonly listeners: Set<Listener>
  /** The greatest place that one of them has. */
  places: number
}

const shelves = new WeakMap<StoreSession["schedules"], Shelf>()
/** Of each store its own: what one makes of a value no other can read. */
const callsOfStores = new WeakMap<StoreSession["schedules"], WeakMap<AnyTaskCall, KeptCall>>()

/**
 * The book of a supervisor with a store. What it saves is written with all else that has happened in the turn: the cursor of a schedule is
 * never without the task that it was advanced for.
 */
export function keptScheduleBook(journal: Journal, warn: (message: string, cause?: unknown) => void): ScheduleBook {
  const { session } = journal
  const shelf = shelfOf(session, warn)
  const { records, held, listeners } = shelf
  const calls = callsOf(session)
  const tell = (name: string, record: ScheduleRecord | undefined): void => {
    journal.noteSchedule(name)
    for (const listener of listeners) listener(name, record)
  }
  return {
    load: () => records.values(),
    isHeld: (record) => held.has(record),
    save: (record) => {
      if (calls.get(record.call) !== held.get(record)) held.delete(record)
      if (!records.has(record.name)) record.place = ++shelf.places
      records.set(record.name, record)
      session.schedules.set(record.name, keptSchedule(record, session))
      tell(record.name, record)
    },
    remove: (name) => {
      records.delete(name)
      session.schedules.delete(name)
      tell(name, undefined)
    },
    watch: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** @throws TypeError for a call that another program could not make again, and for options that cannot be kept. */
export function checkKept({ session }: Journal, call: AnyTaskCall, options: ScheduleOptions): void {
  const encode = (value: unknown): unknown => session.encode(value)
  const cannot = `Cannot keep a schedule of task ${JSON.stringify(call.taskName)}`
  if (!canBeFound(definitionOf(call))) throw new TypeError(`${cannot}: it has no definition; make one with defineTask`)
  try {
    keptCall(call, session)
    encode(options)
  } catch (error) {
    const path =
      findUnserializable(options, "options", encode) ??
      findUnserializable(keptSettings(call.settings), "settings", encode) ??
      findUnserializable(call.args, "args", encode) ??
      "args"
    throw new TypeError(`${cannot}: ${path} cannot be kept in the store ${session.name}; use plain data`, {
      cause: error,
    })
  }
}

function shelfOf(session: StoreSession, warn: (message: string, cause?: unknown) => void): Shelf {
  const known = shelves.get(session.schedules)
  if (known !== undefined) return known
  const shelf: Shelf = { records: new Map(), held: new Map(), listeners: new Set(), places: 0 }
  const calls = callsOf(session)
  shelves.set(session.schedules, shelf)
  const endWaiting = whenRegistered(() => {
    for (const record of shelf.held.keys()) find(record, () => {})
    if (shelf.held.size === 0) endWaiting()
  })
  const take = (record: ScheduleRecord, call: AnyTaskCall): void => {
    const kept = shelf.held.get(record)
    // The program may have given it another one meanwhile.
    if (!shelf.held.delete(record) || kept === undefined) return
    calls.set(call, kept)
    record.call = call
    for (const listener of shelf.listeners) listener(record.name, record)
  }
  const find = (record: ScheduleRecord, otherwise: (error: unknown) => void): void => {
    const kept = shelf.held.get(record)
    if (kept === undefined) return
    try {
      const found = callOf(session, record.call.taskName, kept)
      if (found instanceof Promise) found.then((late) => take(record, late), otherwise)
      else take(record, found)
    } catch (error) {
      otherwise(error)
    }
  }
  const inOrder = [...(session.schedules as Map<string, KeptSchedule>)].toSorted(([, a], [, b]) => byAdding(a, b))
  for (const [name, { task, call, ...rest }] of inOrder) {
    shelf.places = Math.max(shelf.places, rest.place ?? 0)
    try {
      const record = { ...rest, call: dataOf(task, call, session) }
      calls.set(record.call, call)
      shelf.records.set(name, record)
      shelf.held.set(record, call)
      find(record, (error) =>
        warn(`Schedule ${JSON.stringify(name)} of the store waits for the definition of its task`, error),
      )
    } catch (error) {
      warn(`Schedule ${JSON.stringify(name)} of the store cannot be read, and is not followed; add it again`, error)
    }
  }
  if (shelf.held.size === 0) endWaiting()
  return shelf
}

/** Those that an earlier version has kept have no place: they come first. */
function byAdding(a: KeptSchedule, b: KeptSchedule): number {
  return (a.place ?? 0) - (b.place ?? 0) || a.createdAt - b.createdAt
}

/** The call as plain data, until there is a definition for it. */
function dataOf(taskName: string, { args, settings }: KeptCall, { decode }: StoreSession): AnyTaskCall {
  return {
    taskName,
    args: decode(args) as readonly unknown[],
    settings: decode(settings) as AnyTaskCall["settings"],
  }
}

function keptSchedule({ call, ...rest }: ScheduleRecord, session: StoreSession): KeptSchedule {
  return { ...rest, task: call.taskName, call: keptCall(call, session) }
}

function callsOf({ schedules }: StoreSession): WeakMap<AnyTaskCall, KeptCall> {
  const known = callsOfStores.get(schedules)
  if (known !== undefined) return known
  const calls = new WeakMap<AnyTaskCall, KeptCall>()
  callsOfStores.set(schedules, calls)
  return calls
}

function keptCall(call: AnyTaskCall, session: StoreSession): KeptCall {
  const calls = callsOf(session)
  const known = calls.get(call)
  if (known !== undefined) return known
  const kept = keepCall(session, call, call.settings, undefined)
  calls.set(call, kept)
  return kept
}
