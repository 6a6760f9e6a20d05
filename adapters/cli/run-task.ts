import { inspect } from "node:util"
import type { Outcome } from "../../machines/task/outcome.ts"
import { describeCancel, describeFailure } from "../../runtime/failure/errors.ts"
import type { Supervisor } from "../../runtime/supervisor/supervisor.ts"
import type { TaskHandle } from "../../runtime/task/handle.ts"
import { terminalView } from "../terminal/terminal-view.ts"
import { callOf } from "./call-of.ts"
import { exitCodes } from "./exit-codes.ts"
import { findTask } from "./find-task.ts"
import { importModule } from "./import-module.ts"
import { onInterrupts } from "./interrupts.ts"
import { jsonSafe } from "./json-safe.ts"
import { print, printable, printNow } from "./print-output.ts"
import { runOptionsOf, tellingOf, type RunFlags, type RunRequest } from "./run-request.ts"
import { supervisorMaker } from "./supervisor-maker.ts"
import { oneLine, orUsage } from "./usage-error.ts"

/** Carries out `tasktor run`; resolves with the exit code when nothing of it is alive any more. */
export async function runTask({ module: specifier, words, flags }: RunRequest): Promise<number> {
  const module = await importModule(specifier, process.cwd())
  const { runnable, args } = findTask(module.exports, words, specifier)
  const call = callOf(runnable, args, flags.args)
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

export function tell(supervisor: Supervisor, flags: RunFlags): () => void {
  switch (tellingOf(flags)) {
    case "view": {
      const terminal = terminalView(supervisor, { log: flags.verbose ? "debug" : "info" })
      return () => terminal.stop()
    }
    case "json":
      return supervisor.onFact((fact) => printNow(`${JSON.stringify(jsonSafe(fact))}\n`))
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

export async function report(
  name: string,
  outcome: Outcome<unknown>,
  flags: RunFlags,
  readerGone: boolean,
): Promise<void> {
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
