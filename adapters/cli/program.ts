import { createRequire } from "node:module"
import { Command, Option } from "commander"
import { argumentListOf, concurrencyOf, countOf, durationOf, keyOf, policyOf } from "./arguments.ts"
import { exitCodeOf } from "./exit-code-of.ts"
import { exitCodes } from "./exit-codes.ts"
import { formats, graph, type GraphRequest, ownMachines } from "./graph.ts"
import type { InspectFlags } from "./inspect.ts"
import { isQuestion, type QuestionFlags } from "./store/questions.ts"
import { allPrinted, print } from "./print-output.ts"
import type { RunFlags } from "./run-request.ts"
import { runTask } from "./run-task.ts"
import { addScheduleCommands } from "./schedule-commands.ts"
import { addStoreCommands, storeOption } from "./store-commands.ts"
import { oneLine } from "./usage-error.ts"

const examples = `
Examples:
  $ tasktor run ./jobs.ts crunch 1000
  $ tasktor run ./jobs.ts crunch 1000 --executor process --timeout 30s --retry 2
  $ tasktor run ./jobs.ts resize --args '["a.png", { "width": 320 }]' > small.png
  $ tasktor run ./jobs.ts crunch 1000 --json | jq 'select(.type == "report").progress'

Ctrl-C once cancels, twice terminates.
Exit code: 0 completed, 1 failed, 2 the command cannot be carried out, 130 cancelled.
`

const graphExamples = `
Examples:
  $ tasktor graph ./checkout.ts > checkout.mmd
  $ tasktor graph ./checkout.ts payment --format stately
  $ tasktor graph --machine supervisor
`

const inspectExamples = `
Examples:
  $ tasktor inspect ./jobs.ts crunch 1000 --open
  $ tasktor inspect ./jobs.ts crunch 1000 --record crunch.ndjson
  $ tasktor inspect crunch.ndjson
  $ tasktor inspect active --store tasks.db

The page stays when the task has ended; Ctrl-C ends it. Before that, Ctrl-C once cancels, twice terminates.
`

type GraphFlags = Pick<GraphRequest, "format" | "machine">

/** Carries out one command line and exits with its code, whatever a task's module has left open. */
export async function main(argv: readonly string[]): Promise<void> {
  let exitCode: number = exitCodes.completed
  // asked before there is a parsed command line, and also when there never will be one
  const verbose = argv.includes("--verbose") || argv.includes("-v")
  // a terminal or a reader that has gone away is no reason to crash
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined)
  process.on("uncaughtException", (error) => void leave(error, verbose))
  hideExperiment()
  const program = makeProgram((code) => (exitCode = code))
  try {
    await program.parseAsync(argv, { from: "user" })
  } catch (error) {
    exitCode = exitCodeOf(error, verbose)
  }
  await allPrinted()
  process.exit(exitCode)
}

/** Nobody knows what else goes on after such an error: what the answer has come to is not cut off, but not waited for for long. */
async function leave(error: Error, verbose: boolean): Promise<void> {
  process.stderr.write(`tasktor: Cannot go on: uncaught ${oneLine(error)}\n`)
  if (verbose) process.stderr.write(`${error.stack}\n`)
  setTimeout(() => process.exit(exitCodes.failed), 1000)
  await allPrinted()
  process.exit(exitCodes.failed)
}

function makeProgram(end: (exitCode: number) => void): Command {
  const program = new Command("tasktor")
    .description("Runs typed tasks: watch them, and stop them.")
    .version(versionOf(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => {
        const fact = oneLine(text.replace(/^error: /, "").trim()).replace(/\.$/, "")
        write(`tasktor: Cannot read the command: ${fact}; see tasktor --help\n`)
      },
    })
  runOptions(program.command("run"))
    .description("run one exported task, and print its output")
    .argument("<module>", "a path (.js, .mjs, .ts) or the name of a package")
    .argument(
      "[words...]",
      "the task's name, which a module with one task does not need, and its arguments: each JSON, or else text",
    )
    .usage("<module> [task] [arguments...] [options]")
    .option("--json", "print the ordered stream of events, a JSON object in each line, the outcome last")
    .option("-q, --quiet", "print nothing but the output")
    .option("-v, --verbose", "print debug lines, and the stack of a failure")
    .addHelpText("after", examples)
    .action(async (module: string, words: readonly string[], flags: RunFlags) =>
      end(await runTask({ module, words, flags })),
    )
  runOptions(program.command("inspect"))
    .description(
      "show a task, a supervisor or a recording on a page, live; or answer an operator's question about a store",
    )
    .argument(
      "<module>",
      "a path (.js, .mjs, .ts), the name of a package, or a recording (.ndjson); or active, scheduled, reserved, registered or stats",
    )
    .argument("[words...]", "as those of run; or the name of a supervisor")
    .usage("<module> [task] [arguments...] [options]")
    .addOption(
      new Option("-p, --port <port>", "of the page; without it, any that is free").argParser(countOf("--port")),
    )
    .option("--open", "open the page in a browser")
    .option("--no-open", "only print its address, which is the default")
    .option("--record <file>", "write all that is shown into a file, a JSON object in each line")
    .addOption(
      new Option(
        "--tasks <policy>",
        "which tasks are shown: all, running, or a number (of each name so many, then one of so many)",
      ).argParser(policyOf),
    )
    .option("-v, --verbose", "print debug lines, and the stack of a failure")
    .addOption(storeOption("of a question: the store's file"))
    .option("--json", "of a question: print JSON")
    .addHelpText("after", inspectExamples)
    .action(async (module: string, words: readonly string[], flags: InspectFlags & QuestionFlags) => {
      if (isQuestion(module)) {
        const { answerQuestion } = await import("./store/operator-questions.ts")
        return end(await answerQuestion(module, flags))
      }
      // a server that the other commands have no use for
      const { inspect } = await import("./inspect.ts")
      end(await inspect({ module, words, flags }))
    })
  addScheduleCommands(program, end)
  addStoreCommands(program, end)
  program
    .command("graph")
    .description("print a machine, a pipeline or a task's life as a diagram")
    .argument("[module]", "a path (.js, .mjs, .ts) or the name of a package; without one: tasktor's own machines")
    .argument("[export]", "what is drawn, which a module with one machine does not need")
    .addOption(
      new Option("-f, --format <format>", "Mermaid, the machine's configuration, or code for Stately's editor")
        .choices(formats)
        .default("mermaid"),
    )
    .addOption(new Option("-m, --machine <name>", "which of tasktor's own machines").choices(Object.keys(ownMachines)))
    .addHelpText("after", graphExamples)
    .action(async (module: string | undefined, exportName: string | undefined, flags: GraphFlags) => {
      await print(await graph({ module, exportName, ...flags }))
    })
  return program
}

/** How a task is run, whoever shows it. */
function runOptions(command: Command): Command {
  return command
    .addOption(new Option("-a, --args <json>", "all arguments, as a JSON array").argParser(argumentListOf))
    .addOption(new Option("-e, --executor <name>", "where the body runs").choices(["coroutine", "thread", "process"]))
    .addOption(new Option("-k, --key <key>", "the task's key: text, or a JSON array").argParser(keyOf))
    .addOption(
      new Option(
        "-t, --timeout <duration>",
        "end each attempt that takes longer: 500ms, 10s, 2m (a bare number means milliseconds)",
      ).argParser(durationOf("--timeout")),
    )
    .addOption(new Option("-r, --retry <count>", "try again so often when it fails").argParser(countOf("--retry")))
    .addOption(
      new Option("-c, --concurrency <executor=slots>", "slots, as in thread=2; may be repeated").argParser(
        concurrencyOf,
      ),
    )
}

/** Node 22 calls its SQLite an experiment, each time: that is nothing which the user of a command can change. */
function hideExperiment(): void {
  const listeners = process.listeners("warning")
  process.removeAllListeners("warning").on("warning", (warning) => {
    if (warning.name === "ExperimentalWarning" && warning.message.includes("SQLite")) return
    for (const listener of listeners) listener(warning)
  })
}

function versionOf(): string {
  const { version } = createRequire(import.meta.url)("tasktor/package.json") as { readonly version: string }
  return version
}
