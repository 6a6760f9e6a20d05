import type { AnyTaskCall } from "../definition/definition.ts"
import { definitionOf } from "../definition/call.ts"
import { whenRegistered } from "../definition/registry.ts"
import { findUnserializable } from "../failure/codec/unserializable-path.ts"
import type { KeptCall, StoreSession } from "../ports/store.ts"
import type { ScheduleBook } from "../schedule/schedule-book.ts"
import type { ScheduleRecord } from "../schedule/schedule-record.ts"
import type { Journal } from "./journal.ts"
import { callOf, canBeFound, keepCall } from "./kept-call.ts"

/** A record as a store keeps it. */
export type KeptSchedule = Omit<ScheduleRecord, "call"> & { readonly task: string; readonly call: KeptCall }

type Listener = (name: string, record: ScheduleRecord | undefined) => void

/** What all supervisors of one store share. */
interface Shelf {
  readonly records: Map<string, ScheduleRecord>
  /** Those for whose calls this program has no definition yet. */
  readonly held: Map<ScheduleRecord, KeptCall>
  readonly listeners: Set<Listener>
}

const shelves = new WeakMap<StoreSession["schedules"], Shelf>()
const calls = new WeakMap<AnyTaskCall, KeptCall>()

/**
 * The book of a supervisor with a store. What it saves is written with all else that has happened in the turn: the cursor of a schedule is
 * never without the task that it was advanced for.
 */
export function keptScheduleBook(journal: Journal, warn: (message: string, cause?: unknown) => void): ScheduleBook {
  const { session } = journal
  const { records, held, listeners } = shelfOf(session, warn)
  const tell = (name: string, record: ScheduleRecord | undefined): void => {
    journal.noteSchedule(name)
    for (const listener of listeners) listener(name, record)
  }
  return {
    load: () => records.values(),
    isHeld: (record) => held.has(record),
    save: (record) => {
      if (calls.get(record.call) !== held.get(record)) held.delete(record)
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

/** @throws TypeError for a call that another program could not make again. */
export function checkKept({ session }: Journal, call: AnyTaskCall): void {
  const cannot = `Cannot keep a schedule of task ${JSON.stringify(call.taskName)}`
  if (!canBeFound(definitionOf(call))) throw new TypeError(`${cannot}: it has no definition; make one with defineTask`)
  try {
    keptCall(call, session)
  } catch (error) {
    const path = findUnserializable(call.args, "args", (value) => session.encode(value)) ?? "args"
    throw new TypeError(`${cannot}: ${path} cannot be kept in the store ${session.name}; use plain data`, {
      cause: error,
    })
  }
}

function shelfOf(session: StoreSession, warn: (message: string, cause?: unknown) => void): Shelf {
  const known = shelves.get(session.schedules)
  if (known !== undefined) return known
  const shelf: Shelf = { records: new Map(), held: new Map(), listeners: new Set() }
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
  for (const [name, value] of session.schedules) {
    const { task, call, ...rest } = value as KeptSchedule
    const record = { ...rest, call: dataOf(task, call, session) }
    calls.set(record.call, call)
    shelf.records.set(name, record)
    shelf.held.set(record, call)
    find(record, (error) =>
      warn(`Schedule ${JSON.stringify(name)} of the store waits for the definition of its task`, error),
    )
  }
  if (shelf.held.size === 0) endWaiting()
  return shelf
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

function keptCall(call: AnyTaskCall, session: StoreSession): KeptCall {
  const known = calls.get(call)
  if (known !== undefined) return known
  const kept = keepCall(session, call, call.settings, undefined)
  calls.set(call, kept)
  return kept
}
