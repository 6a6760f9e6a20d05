import { newborn } from "../../machines/task/snapshot.ts"
import { instantMs } from "../definition/duration.ts"
import type { TaskSettings } from "../definition/settings.ts"
import type { KeptCall, StoreBatch, StoreSession, TaskRecord } from "../ports/store.ts"
import { settingsOf } from "./kept-call.ts"
import { keptSnapshot } from "./record.ts"

/**
 * What a settled task was called with, for one who submits it again.
 *
 * @throws TypeError for a task that lives, is a step of a pipeline, or had no definition.
 */
export function callToRepeat({ id, snapshot, birth }: TaskRecord): KeptCall {
  const cannot = `Cannot resubmit task ${id} (${snapshot.name})`
  if (snapshot.outcome === undefined) {
    throw new TypeError(`${cannot}: it has not settled; wait for its outcome, or cancel it`)
  }
  if (birth.call !== undefined) return birth.call
  throw new TypeError(
    birth.step === undefined
      ? `${cannot}: it had no definition that could be found again; make one with defineTask`
      : `${cannot}: it is a step of pipeline ${snapshot.parent}, which makes its steps; resubmit that`,
  )
}

/** A limit that was a Date has passed; one that is a duration counts anew. */
export function settingsToRepeat(settings: TaskSettings): TaskSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => !(value instanceof Date)))
}

/**
 * A settled task submitted again where no supervisor is: what is written, for the next one to run.
 *
 * @throws TypeError as `callToRepeat`.
 */
export function bornAgain(record: TaskRecord, id: string, session: StoreSession, now: number): StoreBatch {
  const call = callToRepeat(record)
  const settings = settingsToRepeat(settingsOf(session, call.settings))
  const { name, key, executor, tags, visible } = record.snapshot
  const delayedUntil = settings.delay === undefined ? now : instantMs(settings.delay, now, '"delay"')
  const notBefore = delayedUntil > now ? delayedUntil : undefined
  const slot = record.snapshot.origin?.slot
  const origin = { type: "resubmission", of: record.id, ...(slot === undefined ? {} : { slot }) } as const
  const ownKey = key === record.id ? id : key
  const birth = { id, key: ownKey, name, executor, submittedAt: now, notBefore, origin, tags, visible }
  const change = {
    id,
    snapshot: keptSnapshot(newborn(birth)),
    isDead: false,
    maxAttempts: record.maxAttempts,
    isHandedOver: false,
    birth: { call: { ...call, settings: session.encode(settings) }, step: undefined },
  }
  const entry = { task: id, at: now, what: { type: "born", notBefore } } as const
  return { entries: [entry], records: [change], schedules: new Set() }
}
