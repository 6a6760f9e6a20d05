import type { TaskPhase, TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { Timers } from "../clock/timers.ts"
import { registeredNames } from "../definition/registry.ts"
import type { Journal } from "../journal/journal.ts"
import type { Recovery } from "../journal/recovery.ts"
import type { Admission } from "./admission.ts"
import type { Executors } from "./executors.ts"
import type { Roster } from "./roster.ts"
import type { Inspect } from "./supervisor.ts"

export interface InspectionParts {
  readonly roster: Roster
  readonly admission: Admission
  readonly executors: Executors
  readonly timers: Timers
  /** Where there is a store. */
  readonly journal: Journal | undefined
  recovery(): Recovery | undefined
  schedules(): number
}

/** `supervisor.inspect`: answers from the roster, the lines and the executors themselves. */
export function inspectionOf(parts: InspectionParts): Inspect {
  const { roster, admission, executors, timers, journal, recovery, schedules } = parts
  const inPhase = (...phases: readonly TaskPhase[]): readonly TaskSnapshot[] =>
    Array.from(roster.living(), (task) => task.snapshot).filter(({ phase }) => phases.includes(phase))
  return {
    active: () => inPhase("executing", "cancelling"),
    scheduled: () => inPhase("delayed", "backoff"),
    reserved: () => inPhase("queued"),
    registered: registeredNames,
    stats: () => ({
      alive: roster.alive,
      counts: roster.counts,
      progress: roster.progress,
      timers: timers.size,
      schedules: schedules(),
      slots: admission.stats(),
      ...(journal === undefined
        ? {}
        : {
            store: {
              name: journal.session.name,
              state: journal.state,
              held: recovery()?.held ?? 0,
              ...journal.session.stats(),
            },
          }),
      executors: Object.fromEntries(executors.all.map((executor) => [executor.name, executor.stats?.() ?? {}])),
    }),
  }
}
