import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"
import { inspect } from "node:util"
import type { Outcome } from "../../machines/task/outcome.ts"
import { describeCancel, describeFailure } from "../../runtime/failure/errors.ts"
import type { Supervisor, SupervisorOptions } from "../../runtime/supervisor/supervisor.ts"
import type { TaskHandle } from "../../runtime/task/handle.ts"
import { terminalView } from "../terminal/terminal-view.ts"
import { findTask, type Runnable } from "./find-task.ts"
import { importModule } from "./import-module.ts"
import { onInterrupts } from "./interrupts.ts"
import { jsonSafe } from "./json-safe.ts"
import { print, printable } from "./print-output.ts"
import { runOptionsOf, tellingOf, type RunFlags, type RunRequest } from "./run-request.ts"
import { argumentOf } from "./arguments.ts"
import { oneLine, UsageError } from "./usage-error.ts"

export const exitCodes = { completed: 0, failed: 1, usage: 2, cancelled: 130 } as const

/** Carries out `tasktor run`; resolves with the exit code when nothing of it is alive any more. */
export async function runTask({ module: specifier, words, flags }: RunRequest): Promise<number> {
  const module = await importModule(specifier, process.cwd())
  const { runnable, args } = findTask(module.exports, words, specifier)
  const call = callOf(runnable, args, flags)
  const createSupervisor = await supervisorMaker(module.url)
  const supervisor = orUsage(() =>
    createSupervisor(flags.concurrency === undefined ? {} : { concurrency: flags.concurrency }),
  )
  const stopTelling = tell(supervisor, flags)
  // a body may wait for something that does not keep Node alive: the run still goes on until the task has settled
  const alive = setInterval(() => undefined, 0x7fffffff)
  try {
    const handle = orUsage(() => supervisor.run(call, runOptionsOf(flags)))
    onInterrupts(
      {
        cancel: (reason) => void handle.cancel(reason),
        terminate: (grace) => void supervisor.shutdown({ grace }),
      },
      (line) => process.stderr.write(`${line}\n`),
    )
    const readerGone = stopWithReader(handle)
    const outcome = await handle.outcome()
    await supervisor.shutdown()
    stopTelling()
    await report(handle.snapshot.name, outcome, flags, readerGone())
    return exitCodes[outcome.status]
  } finally {
    clearInterval(alive)
    stopTelling()
    await supervisor.shutdown()
  }
}

function callOf(runnable: Runnable, words: readonly string[], flags: RunFlags): Parameters<Supervisor["run"]>[0] {
  const args = flags.args ?? words.map(argumentOf)
  if (flags.args !== undefined && words.length > 0) {
    throw new UsageError(
      `Cannot run: there are arguments in --args and beside it (${words.join(" ")}); give one of them`,
    )
  }
  if (runnable.type === "definition") return runnable.definition(...args)
  if (args.length === 0) return runnable.call
  throw new UsageError(
    `Cannot run ${JSON.stringify(runnable.call.taskName)}: it is a call that has its arguments; leave out ${words.join(" ")}`,
  )
}

/**
 * The module's own tasktor, where it finds one: a call belongs to the copy of the package that made it, and `npx` may have started
 * another copy.
 */
async function supervisorMaker(moduleUrl: string): Promise<(options: SupervisorOptions) => Supervisor> {
  let preset: string
  try {
    preset = pathToFileURL(createRequire(moduleUrl).resolve("tasktor")).href
  } catch {
    return (await import("../presets/node.ts")).createSupervisor
  }
  const own = (await import(preset)) as { readonly createSupervisor: (options: SupervisorOptions) => Supervisor }
  return own.createSupervisor
}

/** Misuse is thrown at the call: for the command line it is an error of use. */
function orUsage<Value>(run: () => Value): Value {
  try {
    return run()
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : oneLine(error), { cause: error })
  }
}

function tell(supervisor: Supervisor, flags: RunFlags): () => void {
  switch (tellingOf(flags)) {
    case "view": {
      const terminal = terminalView(supervisor, { log: flags.verbose ? "debug" : "info" })
      return () => terminal.stop()
    }
    case "json":
      return supervisor.onFact((fact) => process.stdout.write(`${JSON.stringify(jsonSafe(fact))}\n`))
    case "quiet":
      return () => undefined
  }
}

/** A reader that goes away (`| head`) ends the run: no one is left to want its output. Tells whether that has happened. */
function stopWithReader(handle: TaskHandle): () => boolean {
  let gone = false
  process.stdout.on("error", () => {
    gone = true
    void handle.cancel("nobody reads the output")
  })
  return () => gone
}

async function report(name: string, outcome: Outcome<unknown>, flags: RunFlags, readerGone: boolean): Promise<void> {
  const telling = tellingOf(flags)
  switch (outcome.status) {
    case "completed":
      if (telling !== "json" && !readerGone) await print(printable(outcome.output, process.stdout.isTTY))
      return
    case "failed":
      if (telling === "quiet") sayLast(`${name} failed: ${describeFailure(outcome.failure)}`)
      if (flags.verbose && "error" in outcome.failure) process.stderr.write(`${inspect(outcome.failure.error)}\n`)
      return
    case "cancelled":
      if (telling === "quiet") sayLast(`${name} was cancelled: ${describeCancel(outcome.reason)}`)
  }
}

function sayLast(text: string): void {
  process.stderr.write(`tasktor: ${oneLine(text)}\n`)
}
