import { isDefinedSchedule } from "../../../runtime/schedule/define-schedule.ts"
import type { DefinedSchedule } from "../../../runtime/schedule/schedules.ts"
import type { Supervisor } from "../../../runtime/supervisor/supervisor.ts"
import { isSupervisor } from "../find-supervisor.ts"
import { UsageError } from "../usage-error.ts"

/** What `tasktor beat` finds in a module. */
export interface FoundSchedules {
  readonly schedules: readonly DefinedSchedule[]
  readonly supervisor: Supervisor | undefined
}

/**
 * The schedules that a module exports, alone, in arrays or in records of them, and its supervisor.
 *
 * @throws UsageError where there are none, two of one name, or several supervisors.
 */
export function findSchedules(module: Readonly<Record<string, unknown>>, where: string): FoundSchedules {
  const supervisors = new Set(Object.values(module).filter(isSupervisor))
  const [supervisor] = supervisors
  if (supervisors.size > 1) throw new UsageError(`Cannot beat ${where}: it exports several supervisors; export one`)
  const schedules = [...new Set(Object.values(module).flatMap((value) => schedulesIn(value)))]
  const names = new Set<string>()
  for (const { name } of schedules) {
    if (names.has(name)) {
      throw new UsageError(
        `Cannot beat ${where}: it exports two schedules of the name ${JSON.stringify(name)}; give one of them another name`,
      )
    }
    names.add(name)
  }
  if (schedules.length > 0 || (supervisor?.schedules.list().length ?? 0) > 0) return { schedules, supervisor }
  const exported = Object.keys(module)
  throw new UsageError(
    `Cannot beat ${where}: it exports no schedule but ${exported.length === 0 ? "nothing at all" : exported.join(", ")}; export one, as in export const nightly = defineSchedule("nightly", cron("0 2 * * *"), report())`,
  )
}

function schedulesIn(value: unknown): readonly DefinedSchedule[] {
  if (isDefinedSchedule(value)) return [value]
  if (typeof value !== "object" || value === null || isSupervisor(value)) return []
  const prototype: unknown = Object.getPrototypeOf(value)
  const isPlain = Array.isArray(value) || prototype === Object.prototype || prototype === null
  return isPlain ? Object.values(value).filter(isDefinedSchedule) : []
}
