import type { TaskFact } from "../../../runtime/events/task-fact.ts"
import type { Supervisor } from "../../../runtime/supervisor/supervisor.ts"
import { elapsedText } from "../../terminal/elapsed.ts"
import { span } from "../../terminal/line.ts"
import { harmless } from "../../terminal/text.ts"
import { exitCodes } from "../exit-codes.ts"
import { importModule } from "../import-module.ts"
import { onInterrupts } from "../interrupts.ts"
import { jsonSafe } from "../json-safe.ts"
import { printNow } from "../print-output.ts"
import { say } from "../say.ts"
import { storeMaker, supervisorMaker } from "../supervisor-maker.ts"
import { pageOf, tableLines } from "../text-table.ts"
import { timeText } from "../time-text.ts"
import { oneLine, orUsage, UsageError } from "../usage-error.ts"
import { BeatLines } from "./beat-lines.ts"
import { findSchedules, type FoundSchedules } from "./find-schedules.ts"

/** The options of `tasktor beat`, as commander collects them. */
export interface BeatFlags {
  readonly store?: string
  readonly concurrency?: Readonly<Record<string, number>>
  readonly json?: boolean
  readonly verbose?: boolean
}

/**
 * Carries out `tasktor beat`; resolves with the exit code when somebody wants to leave, or there is no slot left, and nothing is alive any
 * more.
 *
 * @param isStoreGiven The store was given on the command line, and not by the environment.
 */
export async function beat(specifier: string, flags: BeatFlags, isStoreGiven: boolean): Promise<number> {
  const module = await importModule(specifier, process.cwd())
  const found = findSchedules(module.exports, specifier)
  if (found.supervisor !== undefined) refuseSettings(specifier, flags, isStoreGiven)
  const supervisor = found.supervisor ?? (await makeSupervisor(module.url, flags))
  // whoever waits for a slot in a module of its own need not keep Node alive
  const alive = setInterval(() => undefined, 0x7fffffff)
  try {
    return await beatOn(supervisor, found, flags)
  } finally {
    clearInterval(alive)
    await supervisor.shutdown()
  }
}

/** A supervisor that a module exports is used as it is. */
function refuseSettings(specifier: string, { store, concurrency }: BeatFlags, isStoreGiven: boolean): void {
  const given = isStoreGiven ? `--store ${store}` : concurrency === undefined ? undefined : "--concurrency"
  if (given === undefined) return
  throw new UsageError(
    `Cannot beat ${specifier} with ${given}: it exports a supervisor, which has a store and slots of its own, or none; leave out ${given}, or export the schedules alone`,
  )
}

async function makeSupervisor(moduleUrl: string, { store, concurrency }: BeatFlags): Promise<Supervisor> {
  const createSupervisor = await supervisorMaker(moduleUrl)
  const warn = (message: string, cause?: unknown): void =>
    say(`tasktor: ${message}${cause === undefined ? "" : `: ${oneLine(cause)}`}`)
  const slots = concurrency === undefined ? {} : { concurrency }
  if (store === undefined) {
    say("The schedules are in memory: what they have run is forgotten at the end; --store <file> keeps it")
    return orUsage(() => createSupervisor({ ...slots, warn }))
  }
  const kept = (await storeMaker(moduleUrl))(store)
  return createSupervisor({ ...slots, warn, store: kept })
}

async function beatOn(supervisor: Supervisor, { schedules }: FoundSchedules, flags: BeatFlags): Promise<number> {
  const left = Promise.withResolvers<void>()
  let isTerminated = false
  const leaveWhenOver = async (): Promise<void> => {
    if (await isOver(supervisor)) left.resolve()
  }
  const lines = new BeatLines(supervisor.getSnapshot().tasks, pageOf(process.stdout).theme, flags.verbose === true)
  const stopTelling = supervisor.onFact((fact) => {
    tell(fact, flags, lines)
    if (fact.type === "outcome") void leaveWhenOver()
  })
  for (const schedule of schedules) orUsage(() => supervisor.schedules.add(schedule))
  if (flags.json !== true) printNow(nextLines(supervisor))
  process.stdout.on("error", () => left.resolve())
  onInterrupts(
    {
      cancel: () => left.resolve(),
      terminate: (grace) => {
        isTerminated = true
        left.resolve()
        void supervisor.shutdown({ grace })
      },
    },
    say,
    "Leaving when what runs has ended",
  )
  void leaveWhenOver()
  await left.promise
  await supervisor.shutdown({ drain: Number.POSITIVE_INFINITY })
  stopTelling()
  return isTerminated ? exitCodes.cancelled : exitCodes.completed
}

function tell(fact: TaskFact, { json }: BeatFlags, lines: BeatLines): void {
  const line = json === true ? JSON.stringify(jsonSafe(fact)) : lines.line(fact)
  if (line !== undefined) printNow(`${line}\n`)
}

/** Nothing is to come, and nobody can make it come: what is paused can be resumed. */
async function isOver(supervisor: Supervisor): Promise<boolean> {
  if (!supervisor.schedules.list().every(({ state }) => state === "ended")) return false
  return supervisor.settled({ timeout: 0 })
}

function nextLines(supervisor: Supervisor): string {
  const now = Date.now()
  const rows = supervisor.schedules
    .list()
    .map(({ name, next, state, description }) => [
      span(harmless(name), "bold"),
      span(next === undefined ? state : `next ${timeText(next.getTime())}`),
      span(next === undefined ? "" : `in ${elapsedText(next.getTime() - now)}`, "dim"),
      span(harmless(description), "dim"),
    ])
  return tableLines(rows, pageOf(process.stdout))
}
