import type { ScheduleRecord } from "./schedule-record.ts"

/**
 * Where the records of schedules are kept. A record is one object for all who share the book: whoever deals with a slot advances its cursor, and
 * nobody else finds that slot again.
 */
export interface ScheduleBook {
  load(): Iterable<ScheduleRecord>
  /** Nothing of it can be run yet, because the definition of its task is not here. Its slots are not dealt with until then. */
  isHeld?(record: ScheduleRecord): boolean
  /** A record is new or has changed. */
  save(record: ScheduleRecord): void
  remove(name: string): void
  /** Calls back, within `save` and `remove`, with what has changed; undefined: removed. Returns the end of it. */
  watch(listener: (name: string, record: ScheduleRecord | undefined) => void): () => void
}

/** A book in memory. */
export function memoryScheduleBook(): ScheduleBook {
  const records = new Map<string, ScheduleRecord>()
  const listeners = new Set<(name: string, record: ScheduleRecord | undefined) => void>()
  const tell = (name: string, record: ScheduleRecord | undefined): void => {
    for (const listener of listeners) listener(name, record)
  }
  return {
    load: () => records.values(),
    save: (record) => {
      records.set(record.name, record)
      tell(record.name, record)
    },
    remove: (name) => {
      records.delete(name)
      tell(name, undefined)
    },
    watch: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
