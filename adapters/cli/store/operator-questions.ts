import type { TaskPhase } from "../../../machines/task/snapshot.ts"
import type { StoreReader, TaskRecord } from "../../../runtime/ports/store.ts"
import { askOwner } from "../../stores/sqlite/ask-owner.ts"
import { exitCodes } from "../exit-codes.ts"
import { jsonSafe } from "../json-safe.ts"
import { print } from "../print-output.ts"
import { say } from "../say.ts"
import { UsageError } from "../usage-error.ts"
import { showTasks } from "./list-tasks.ts"
import type { Question, QuestionFlags } from "./questions.ts"
import { hasOwner, reading, type StoreFlags } from "./store-file.ts"

const phases: Readonly<Record<"active" | "scheduled" | "reserved", readonly TaskPhase[]>> = {
  active: ["executing", "cancelling"],
  scheduled: ["delayed", "backoff"],
  reserved: ["queued"],
}

/** Carries out `tasktor inspect <question>`. */
export function answerQuestion(question: Question, { store, json }: QuestionFlags): Promise<number> {
  if (store === undefined) {
    throw new UsageError(
      `Cannot tell what is ${question}: no store is given; give --store <file>, or ./${question} for a module of that name`,
    )
  }
  const flags = { store, ...(json === undefined ? {} : { json }) }
  return reading(flags, async (reader) => {
    if (question === "registered") await print(await registered(flags))
    else if (question === "stats") await print(`${JSON.stringify(jsonSafe(await stats(flags, reader)), null, 2)}\n`)
    else if ((await showTasks(reader, inPhase(reader, phases[question]), flags)) === 0 && json !== true)
      say(`No task is ${question}`)
    return exitCodes.completed
  })
}

function* inPhase(reader: StoreReader, wanted: readonly TaskPhase[]): Generator<TaskRecord> {
  for (const record of reader.living()) if (wanted.includes(record.snapshot.phase)) yield record
}

/** Definitions are a program's, and no store has them. */
async function registered(flags: StoreFlags & { readonly json?: boolean }): Promise<string> {
  if (!hasOwner(flags)) {
    throw new UsageError(
      `Cannot tell which tasks are registered: no program has ${flags.store} open, and definitions are in programs alone; start one`,
    )
  }
  const names = (await askOwner(flags.store, { type: "registered" })) as readonly string[]
  return flags.json === true ? `${JSON.stringify(names)}\n` : names.map((name) => `${name}\n`).join("")
}

async function stats(flags: StoreFlags, reader: StoreReader): Promise<unknown> {
  if (hasOwner(flags)) return askOwner(flags.store, { type: "stats" })
  say("No program has the store open: these are the numbers of the file")
  return { store: reader.stats() }
}
