import { realpathSync, statSync, writeFileSync } from "node:fs"
import { createSupervisor, describeFailure, terminalView } from "tasktor"
import { audit } from "./audit.ts"
import { Findings } from "./findings.ts"
import { onInterrupts } from "./interrupts.ts"
import { optionsOf, usage, type Options } from "./options.ts"
import { reasonOf } from "./reason.ts"
import { reportText } from "./report-text.ts"
import { reportOf, type Report } from "./report.ts"

// a reader that goes away (| head) is no reason to crash
process.stdout.on("error", () => undefined)
process.exitCode = await main()

async function main(): Promise<number> {
  let options: Options
  let folder: string
  try {
    options = optionsOf(process.argv.slice(2), process.env)
    if (options.help) {
      process.stdout.write(usage)
      return 0
    }
    folder = existingFolder(options.folder)
  } catch (error) {
    console.error(`folder-audit: ${error instanceof Error ? error.message : String(error)}`)
    return 2
  }
  return run(folder, options)
}

async function run(folder: string, { threads, json, list }: Options): Promise<number> {
  const begun = performance.now()
  const supervisor = createSupervisor({ concurrency: { thread: threads, process: 1 } })
  const terminal = terminalView(supervisor)
  const handle = supervisor.run(audit(folder))
  const findings = Findings.of(handle)
  onInterrupts(supervisor, handle)
  const outcome = await handle.outcome()
  await supervisor.shutdown()
  terminal.stop()
  const complete = outcome.status === "completed"
  const seconds = Math.round(performance.now() - begun) / 1000
  const isPrinted = print(reportOf(findings, { folder, complete, seconds, threads, withList: list }), json)
  if (outcome.status === "failed") console.error(`folder-audit: Cannot finish: ${describeFailure(outcome.failure)}`)
  if (outcome.status === "failed" || !isPrinted) return 1
  return complete ? 0 : 130
}

/** False where the JSON could not be written. The text comes first: what an hour has found out is not lost with it. */
function print(report: Report, json: string | undefined): boolean {
  process.stdout.write(json === "-" ? jsonText(report) : reportText(report))
  try {
    if (json !== undefined && json !== "-") writeFileSync(json, jsonText(report))
    return true
  } catch (error) {
    console.error(`folder-audit: Cannot write the JSON: ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}

/** JSON leaves some control characters as they are: a terminal does not. */
function jsonText(report: Report): string {
  const text = JSON.stringify(report, null, 2)
  return `${text.replace(/[\x7f-\x9f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)}\n`
}

/** @throws Error for what is no folder. */
function existingFolder(path: string): string {
  let isFolder: boolean
  try {
    isFolder = statSync(path).isDirectory()
  } catch (error) {
    throw new Error(
      `Cannot audit ${path}: ${reasonOf(error)}`.replace("vanished meanwhile", "there is no such folder"),
      { cause: error },
    )
  }
  if (!isFolder) throw new Error(`Cannot audit ${path}: it is not a folder`)
  return realpathSync(path)
}
