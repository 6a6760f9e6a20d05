import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { createSupervisor, type Supervisor } from "tasktor"
import { sqliteStore } from "tasktor/sqlite"
import { deadLetters, letterLine, submitAgain } from "./dead-letters.ts"
import { narrate } from "./narrator.ts"
import * as schedules from "./schedules.ts"
import { settings } from "./settings.ts"
import { Source } from "./source.ts"
import { seededTrouble } from "./trouble.ts"

export interface Service {
  readonly supervisor: Supervisor
  /** Undefined where somebody else has it. */
  readonly source: Source | undefined
}

/**
 * Starts all of it: the source first, because what another program has left goes on as soon as there is a supervisor.
 *
 * @throws what the system says of the port, and a StoreError where the store cannot be used: by another program that runs, for one.
 */
export async function startService(resubmits: boolean, print: (line: string) => void): Promise<Service> {
  const source = await openOwnSource(print)
  try {
    mkdirSync(settings.folder, { recursive: true })
    const path = join(settings.folder, "tasks.db")
    const store = sqliteStore(path, { retention: { completed: { age: "2 days" }, failed: { age: "90 days" } } })
    const supervisor = createSupervisor({ store })
    narrate(supervisor, print)
    print(`Tasks are kept in ${path}; ${supervisor.getSnapshot().tasks.length} of them go on`)
    for (const schedule of Object.values(schedules)) supervisor.schedules.add(schedule)
    for (const { name, description, next } of supervisor.schedules.list()) {
      print(`${name} (${description}): next ${next?.toISOString() ?? "never"}`)
    }
    await showDeadLetters(supervisor, resubmits, print)
    return { supervisor, source }
  } catch (error) {
    source?.close()
    throw error
  }
}

/** Undefined where `SOURCE` names another one. */
export async function openOwnSource(print: (line: string) => void): Promise<Source | undefined> {
  const { ownPort, seed, trouble } = settings
  if (ownPort === undefined) return undefined
  const source = await Source.open({ port: ownPort, trouble: seededTrouble(seed, trouble) })
  print(`The source of the sales is ${source.address}; it spoils ${Math.round(trouble * 100)} % of its answers`)
  return source
}

async function showDeadLetters(
  supervisor: Supervisor,
  resubmits: boolean,
  print: (line: string) => void,
): Promise<void> {
  const letters = await deadLetters(supervisor)
  if (letters.length === 0) return
  print(
    `${letters.length} reports have failed for good${resubmits ? ", and are tried again" : "; --resubmit tries again"}:`,
  )
  for (const letter of letters) {
    print(`  ${letterLine(letter)}`)
    if (resubmits) await submitAgain(supervisor, letter)
  }
}
