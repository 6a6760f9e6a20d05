import { inspect } from "node:util"
import type { TaskFailure } from "../../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../../machines/task/snapshot.ts"
import { describeCancel, describeFailure } from "../../../runtime/failure/errors.ts"
import { factsOf } from "../../../runtime/history/facts-of.ts"
import { snapshotOf } from "../../../runtime/journal/record.ts"
import type { StoreReader, TaskRecord } from "../../../runtime/ports/store.ts"
import { paintLine, span, type Span } from "../../terminal/line.ts"
import { toneOf } from "../../terminal/row-spans.ts"
import { elapsedOf } from "../../terminal/task-text.ts"
import { harmless } from "../../terminal/text.ts"
import { exitCodes } from "../exit-codes.ts"
import { jsonSafe } from "../json-safe.ts"
import { print, printable } from "../print-output.ts"
import { type Page, pageOf, tableLines } from "../text-table.ts"
import { preciseTimeText, timeText } from "../time-text.ts"
import { UsageError } from "../usage-error.ts"
import { factText } from "./fact-text.ts"
import { reading, type StoreFlags } from "./store-file.ts"
import { taskNodeOf } from "./task-node-of.ts"
import { stateOf, taskHead, taskRow } from "./task-table.ts"

/** The options of `tasktor show`, as commander collects them. */
export interface ShowFlags extends StoreFlags {
  readonly json?: boolean
  readonly verbose?: boolean
}

/** Carries out `tasktor show`: all that the store knows of one task. */
export function showTask(id: string, flags: ShowFlags): Promise<number> {
  return reading(flags, async (reader) => {
    const record = findRecord(reader, id)
    await print(flags.json === true ? jsonOf(record, reader) : textOf(record, reader, flags.verbose === true))
    return exitCodes.completed
  })
}

/** @throws UsageError for an id that the store does not know. */
export function findRecord(reader: StoreReader, id: string): TaskRecord {
  const record = reader.find(id)
  if (record !== undefined) return record
  throw new UsageError(
    `Cannot find task ${JSON.stringify(id)}: ${reader.name} does not have it, or has it no more; tasktor ls lists what it has`,
  )
}

function jsonOf(record: TaskRecord, reader: StoreReader): string {
  const children = Array.from(reader.childrenOf(record.id), (child) => snapshotOf(child, reader))
  const args = record.birth.call && reader.decode(record.birth.call.args)
  const shown = { ...snapshotOf(record, reader), args, children, facts: factsOf(reader, record) }
  return `${JSON.stringify(jsonSafe(shown), null, 2)}\n`
}

function textOf(record: TaskRecord, reader: StoreReader, withStacks: boolean): string {
  const page = pageOf(process.stdout)
  const task = snapshotOf(record, reader)
  const children = Array.from(reader.childrenOf(task.id), (child) => taskRow(snapshotOf(child, reader), Date.now()))
  const facts = factsOf(reader, record).map((fact) => [span(preciseTimeText(fact.at), "dim"), factText(fact)])
  return [
    tableLines(aboutOf(task, record, reader), page),
    section("Output", outputOf(task), page),
    section("Failed attempts", failuresOf(task.failures, withStacks), page),
    section("Children", children.length === 0 ? "" : tableLines([taskHead, ...children], page), page),
    section("What happened", tableLines(facts, page), page),
  ].join("")
}

function aboutOf(task: TaskSnapshot, record: TaskRecord, reader: StoreReader): (readonly Span[])[] {
  const node = taskNodeOf(task)
  const { outcome, origin } = task
  const { call, step } = record.birth
  const reason = outcome?.status === "cancelled" ? `: ${describeCancel(outcome.reason)}` : ""
  const lines: Record<string, string | undefined> = {
    id: task.id,
    task: node.label,
    arguments: call && harmless(JSON.stringify(jsonSafe(reader.decode(call.args)))),
    state: `${stateOf(node)}${harmless(reason)}`,
    executor: task.executor,
    // A pipeline goes on after any number of ends of its program.
    attempt: task.attempt > record.maxAttempts ? `${task.attempt}` : `${task.attempt} of ${record.maxAttempts}`,
    message: node.message,
    tags: task.tags.join(", "),
    parent: task.parent,
    step,
    schedule: origin?.type === "schedule" ? `${origin.schedule}, slot ${timeText(origin.slot)}` : undefined,
    "again of": origin?.type === "resubmission" ? origin.of : undefined,
    submitted: preciseTimeText(task.submittedAt),
    started: task.startedAt === undefined ? undefined : preciseTimeText(task.startedAt),
    settled: task.settledAt === undefined ? undefined : preciseTimeText(task.settledAt),
    "not before": task.nextAttemptAt === undefined ? undefined : preciseTimeText(task.nextAttemptAt),
    took: elapsedOf(node, Date.now()),
  }
  return Object.entries(lines)
    .filter(([, text]) => text !== undefined && text !== "")
    .map(([name, text = ""]) => [span(name, "dim"), span(text, name === "state" ? toneOf(node) : "plain")])
}

function outputOf({ outcome }: TaskSnapshot): string {
  if (outcome?.status !== "completed") return ""
  // whatever it is, it is shown and not handed on: nothing of it reaches the terminal as it is
  const text = printable(outcome.output, true)
  return typeof text === "string" ? text.split("\n").map(harmless).join("\n") : ""
}

function failuresOf(failures: readonly TaskFailure[], withStacks: boolean): string {
  return failures
    .map((failure, index) => {
      const stack = withStacks && "error" in failure ? `\n${inspect(failure.error)}` : ""
      const text = stack === "" ? harmless(describeFailure(failure)) : stack.split("\n").map(harmless).join("\n     ")
      return `${String(index + 1).padStart(3)}  ${text.trim()}\n`
    })
    .join("")
}

function section(title: string, text: string, { width, theme }: Page): string {
  return text === "" ? "" : `\n${paintLine([span(title, "bold")], width, theme)}\n${text}`
}
