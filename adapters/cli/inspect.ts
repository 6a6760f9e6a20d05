import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import type { TaskPolicy } from "../inspector/task-policy.ts"
import { type Inspector, type InspectorOptions, serveInspector } from "../inspector/server/serve-inspector.ts"
import { callOf } from "./call-of.ts"
import { exitCodes } from "./exit-codes.ts"
import { findSupervisor } from "./find-supervisor.ts"
import { findTask } from "./find-task.ts"
import { importModule } from "./import-module.ts"
import { onInterrupts } from "./interrupts.ts"
import { printNow } from "./print-output.ts"
import { runOptionsOf, type RunFlags } from "./run-request.ts"
import { report, tell } from "./run-task.ts"
import { say } from "./say.ts"
import { supervisorMaker } from "./supervisor-maker.ts"
import { oneLine, orUsage, UsageError } from "./usage-error.ts"

/** The options of `tasktor inspect`, as commander collects them. */
export interface InspectFlags extends Omit<RunFlags, "json" | "quiet"> {
  readonly port?: number
  readonly record?: string
  readonly tasks?: TaskPolicy
  readonly open?: boolean
}

export interface InspectRequest {
  /** A path or a package specifier, or the file of a recording. */
  readonly module: string
  readonly words: readonly string[]
  readonly flags: InspectFlags
}

/** Carries out `tasktor inspect`; resolves with the exit code when somebody wants to leave, and nothing is alive any more. */
export async function inspect({ module: specifier, words, flags }: InspectRequest): Promise<number> {
  // whoever looks on does not keep Node alive
  const alive = setInterval(() => undefined, 0x7fffffff)
  try {
    if (/\.(ndjson|jsonl)$/.test(specifier)) return await showRecording(specifier, words, flags)
    const module = await importModule(specifier, process.cwd())
    const [name] = words
    const supervisor = findSupervisor(module.exports, name)
    if (supervisor !== undefined) {
      await using inspector = await serve(flags)
      const detach = inspector.attach(supervisor)
      show(inspector, flags)
      await untilInterrupted()
      detach()
      await supervisor.shutdown()
      return exitCodes.completed
    }
    const { runnable, args } = findTask(module.exports, words, specifier)
    const call = callOf(runnable, args, flags.args)
    const createSupervisor = await supervisorMaker(module.url)
    await using inspector = await serve(flags)
    return await runInspected(inspector, createSupervisor, call, flags)
  } finally {
    clearInterval(alive)
  }
}

async function runInspected(
  inspector: Inspector,
  createSupervisor: Awaited<ReturnType<typeof supervisorMaker>>,
  call: ReturnType<typeof callOf>,
  flags: InspectFlags,
): Promise<number> {
  const { concurrency } = flags
  await using supervisor = orUsage(() =>
    createSupervisor({ inspect: inspector.inspect, ...(concurrency === undefined ? {} : { concurrency }) }),
  )
  const handle = orUsage(() => supervisor.run(call, runOptionsOf(flags)))
  show(inspector, flags)
  const stopTelling = tell(supervisor, flags)
  let isOver = false
  const left = Promise.withResolvers<void>()
  onInterrupts(
    {
      cancel: (reason) => (isOver ? left.resolve() : void handle.cancel(reason)),
      terminate: (grace) => {
        void supervisor.shutdown({ grace })
        left.resolve()
      },
    },
    (line) => {
      if (!isOver) say(line)
    },
  )
  const outcome = await handle.outcome()
  stopTelling()
  await report(handle.snapshot.name, outcome, flags, false)
  isOver = true
  say("It has ended; the page stays until Ctrl-C")
  await left.promise
  return exitCodes[outcome.status]
}

async function showRecording(path: string, words: readonly string[], flags: InspectFlags): Promise<number> {
  if (!existsSync(path)) throw new UsageError(`Cannot show ${path}: there is no such file`)
  if (words.length > 0)
    throw new UsageError(`Cannot show ${path}: a recording takes no arguments; leave out ${words.join(" ")}`)
  await using inspector = await serve({ ...flags, recording: path })
  show(inspector, flags)
  await untilInterrupted()
  return exitCodes.completed
}

async function serve({
  port,
  record,
  tasks,
  recording,
}: InspectFlags & Pick<InspectorOptions, "recording">): Promise<Inspector> {
  try {
    return await serveInspector({
      ...(port === undefined ? {} : { port }),
      ...(record === undefined ? {} : { record }),
      ...(tasks === undefined ? {} : { tasks }),
      ...(recording === undefined ? {} : { recording }),
    })
  } catch (error) {
    const isMisuse = error instanceof TypeError || error instanceof RangeError
    throw new UsageError(isMisuse ? error.message : `Cannot serve the inspector: ${oneLine(error)}`, { cause: error })
  }
}

/** The address is what stdout gets. */
function show({ url }: Inspector, { open }: InspectFlags): void {
  printNow(`${url}\n`)
  if (open === true) openBrowser(url)
}

/** Where there is none, the address has been printed. */
function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === "win32"
      ? ["rundll32", "url.dll,FileProtocolHandler", url]
      : [process.platform === "darwin" ? "open" : "xdg-open", url]
  if (command === undefined) return
  spawn(command, args, { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref()
}

function untilInterrupted(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  onInterrupts({ cancel: () => resolve(), terminate: () => resolve() }, () => undefined)
  return promise
}
