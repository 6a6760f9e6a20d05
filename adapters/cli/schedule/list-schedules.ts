import { elapsedText } from "../../terminal/elapsed.ts"
import { span, type Span } from "../../terminal/line.ts"
import { harmless } from "../../terminal/text.ts"
import type { Tone } from "../../terminal/theme.ts"
import { exitCodes } from "../exit-codes.ts"
import { print } from "../print-output.ts"
import { say } from "../say.ts"
import { reading, type StoreFlags } from "../store/store-file.ts"
import { headOf, pageOf, tableLines } from "../text-table.ts"
import { timeText } from "../time-text.ts"
import { keptSchedule, keptSchedules, type ShownSchedule } from "./kept-schedules.ts"

/** The options of `tasktor schedule ls` and `next`, as commander collects them. */
export interface SchedulesFlags extends StoreFlags {
  readonly json?: boolean
}

const tones: Readonly<Record<ShownSchedule["state"], Tone>> = {
  active: "good",
  paused: "warn",
  ended: "dim",
  removed: "dim",
}

/** Carries out `tasktor schedule ls`. */
export function listSchedules(flags: SchedulesFlags): Promise<number> {
  return reading(flags, async (reader) => {
    const schedules = keptSchedules(reader)
    if (flags.json === true) await print(schedules.map((one) => `${JSON.stringify(plain(one))}\n`).join(""))
    else if (schedules.length === 0) say("The store has no schedule")
    else {
      const head = headOf("SCHEDULE", "STATE", "NEXT", "LAST", "RUNS", "TASK", "WHEN")
      await print(tableLines([head, ...schedules.map(rowOf)], pageOf(process.stdout)))
    }
    return exitCodes.completed
  })
}

/** Carries out `tasktor schedule next`: of one schedule so many slots, or of each the next one. */
export function nextSlots(name: string | undefined, count: number, flags: SchedulesFlags): Promise<number> {
  return reading(flags, async (reader) => {
    const { schedules } = reader
    if (name !== undefined) keptSchedule(schedules, name, "list the slots of")
    const slots = keptSchedules({ schedules })
      .filter((one) => (name === undefined ? one.state === "active" : one.name === name))
      .flatMap((one) => one.next(name === undefined ? 1 : count).map((at) => ({ schedule: one.name, at })))
      .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    if (flags.json === true) await print(slots.map((slot) => `${JSON.stringify(slot)}\n`).join(""))
    else if (slots.length === 0) say("There is no slot left")
    else {
      const rows = slots.map(({ schedule, at }) => slotRow(at, name === undefined ? schedule : ""))
      await print(tableLines(rows, pageOf(process.stdout)))
    }
    return exitCodes.completed
  })
}

function rowOf(schedule: ShownSchedule): readonly Span[] {
  const { name, state, last, runs, task, description } = schedule
  const [next] = state === "active" ? schedule.next(1) : []
  return [
    span(harmless(name), "bold"),
    span(state, tones[state]),
    span(next === undefined ? "" : timeText(next.getTime())),
    span(last === undefined ? "" : timeText(last.getTime()), "dim"),
    span(String(runs)),
    span(harmless(task)),
    span(harmless(description)),
  ]
}

function slotRow(at: Date, schedule: string): readonly Span[] {
  const left = at.getTime() - Date.now()
  const wait = left < 0 ? "due" : `in ${elapsedText(left)}`
  return [span(timeText(at.getTime())), span(wait, "dim"), span(harmless(schedule))]
}

function plain(schedule: ShownSchedule): object {
  const [next] = schedule.state === "active" ? schedule.next(1) : []
  return { ...schedule, next }
}
