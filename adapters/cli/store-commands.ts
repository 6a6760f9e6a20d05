import { type Command, InvalidArgumentError, Option } from "commander"
import { countOf } from "./arguments.ts"
import type { CancelFlags } from "./store/cancel-tasks.ts"
import type { ListFlags } from "./store/list-tasks.ts"
import type { PurgeFlags } from "./store/purge-tasks.ts"
import type { ShowFlags } from "./store/show-task.ts"
import type { StoreFlags } from "./store/store-file.ts"
import type { ReplayFlags } from "./replay/replay.ts"

const queryHelp = `
A query: state:failed,cancelled  name:imp (its beginning)  tag:nightly  key:7  schedule:reports  is:dead  and words to look for.
`

const listExamples = `${queryHelp}
Examples:
  $ tasktor ls --store tasks.db
  $ tasktor ls state:failed name:imp --store tasks.db --limit 200
  $ tasktor ls is:dead parent:none --all --json --store tasks.db | jq -r .id
`

const cancelExamples = `
What runs is cancelled by the program that has the store open; without one, what waits is cancelled in the file.
Exit code: 1 when one of them is not cancelled by now.

Examples:
  $ tasktor cancel t3k9x2-15 --store tasks.db --reason "wrong file"
  $ tasktor cancel --query "state:pending tag:nightly" --store tasks.db
`

const retryExamples = `
Examples:
  $ tasktor retry t3k9x2-15 --store tasks.db
  $ tasktor ls is:dead parent:none --all --json --store tasks.db | jq -r .id | xargs tasktor retry --store tasks.db
`

const purgeExamples = `${queryHelp}
Examples:
  $ tasktor purge --store tasks.db
  $ tasktor purge name:import --store tasks.db --yes
`

const replayExamples = `
On a terminal: left and right (h l) go an entry back and forward, up and down (k j, PageUp, PageDown) a hundred, g and G to the
begin and the end, / jumps to a time, a position or a task, n to its next entry, q quits.

Examples:
  $ tasktor replay tasks.db
  $ tasktor replay tasks.db --at 14:30
  $ tasktor replay tasks.db --json | jq 'select(.type == "outcome")'
`

const sorts = ["newest", "oldest", "settled-newest", "settled-oldest"] as const

/** The option by which the commands of a store find it. */
export function storeOption(description = "the store's file"): Option {
  return new Option("-s, --store <file>", description).env("TASKTOR_STORE")
}

export function onStore(command: Command): Command {
  return command.addOption(storeOption().makeOptionMandatory())
}

/** What looks into the tasks of a store, and what changes them. */
export function addStoreCommands(program: Command, end: (exitCode: number) => void): void {
  onStore(program.command("ls"))
    .description("list the tasks of a store, newest first")
    .argument("[query...]", "which of them, as in state:failed name:imp")
    .addOption(new Option("-n, --limit <count>", "at most so many").argParser(atLeastOne).default(50))
    .addOption(new Option("--sort <order>", "by submission or by settlement").choices(sorts).default("newest"))
    .option("--all", "all of them")
    .option("--json", "print each as a JSON object in a line")
    .addHelpText("after", listExamples)
    .action(async (words: readonly string[], flags: ListFlags) => {
      const { listTasks } = await import("./store/list-tasks.ts")
      end(await listTasks(words, flags))
    })
  onStore(program.command("show"))
    .description("print all that a store knows of one task")
    .argument("<id>", "as ls prints it")
    .option("--json", "print it as JSON")
    .option("-v, --verbose", "print the stacks of failures")
    .action(async (id: string, flags: ShowFlags) => {
      const { showTask } = await import("./store/show-task.ts")
      end(await showTask(id, flags))
    })
  onStore(program.command("cancel"))
    .description("cancel tasks of a store, and print what became of each")
    .argument("[ids...]", "as ls prints them")
    .option("--query <text>", "all living ones that match, in place of ids")
    .option("--reason <text>", "stands in their outcomes")
    .option("--json", "print each as a JSON object in a line")
    .addHelpText("after", cancelExamples)
    .action(async (ids: readonly string[], flags: CancelFlags) => {
      const { cancelTasks } = await import("./store/cancel-tasks.ts")
      end(await cancelTasks(ids, flags))
    })
  onStore(program.command("retry"))
    .description("submit settled tasks again, as new ones, and print their ids")
    .argument("<ids...>", "as ls prints them")
    .addHelpText("after", retryExamples)
    .action(async (ids: readonly string[], flags: StoreFlags) => {
      const { retryTasks } = await import("./store/retry-tasks.ts")
      end(await retryTasks(ids, flags))
    })
  onStore(program.command("purge"))
    .description(
      "cancel what is queued, and nothing that has begun or waits for an instant; says how many, and asks first",
    )
    .argument("[query...]", "which of them; without one, all")
    .option("-y, --yes", "do not ask")
    .addHelpText("after", purgeExamples)
    .action(async (words: readonly string[], flags: PurgeFlags) => {
      const { purgeTasks } = await import("./store/purge-tasks.ts")
      end(await purgeTasks(words, flags))
    })
  program
    .command("replay")
    .description("step through the log of a store")
    .argument("<file>", "the store's file")
    .option("--at <moment>", "print the tasks of that moment: a position in the log, or an instant")
    .option("--json", "print JSON: the moment, or each entry in a line")
    .addHelpText("after", replayExamples)
    .action(async (file: string, flags: ReplayFlags) => {
      const { replay } = await import("./replay/replay.ts")
      end(await replay(file, flags))
    })
}

function atLeastOne(text: string): number {
  const count = countOf("--limit")(text)
  if (count === 0) throw new InvalidArgumentError("it must be 1 or more.")
  return count
}
