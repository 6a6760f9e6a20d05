import { type Command, Option } from "commander"
import { concurrencyOf, countOf } from "./arguments.ts"
import type { BeatFlags } from "./schedule/beat.ts"
import type { SchedulesFlags } from "./schedule/list-schedules.ts"
import type { StoreFlags } from "./store/store-file.ts"
import { onStore, storeOption } from "./store-commands.ts"

const beatExamples = `
Examples:
  $ tasktor beat ./schedules.ts
  $ tasktor beat ./schedules.ts --store tasks.db
  $ tasktor beat ./schedules.ts --json | jq 'select(.type == "outcome")'

Ctrl-C once leaves when what runs has ended, twice terminates.
Exit code: 0 left, or no slot is left; 2 the command cannot be carried out; 130 terminated.
`

const scheduleExamples = `
Examples:
  $ tasktor schedule ls --store tasks.db
  $ tasktor schedule next nightly 5 --store tasks.db
  $ tasktor schedule pause nightly --store tasks.db
`

/** What runs schedules, and what looks after those of a store. */
export function addScheduleCommands(program: Command, end: (exitCode: number) => void): void {
  program
    .command("beat")
    .description("run the schedules that a module exports, until Ctrl-C")
    .argument("<module>", "a path (.js, .mjs, .ts) or the name of a package; it may export its supervisor as well")
    .addOption(storeOption("keeps schedules and tasks in this file, which is made where there is none"))
    .addOption(
      new Option("-c, --concurrency <executor=slots>", "slots, as in thread=2; may be repeated").argParser(
        concurrencyOf,
      ),
    )
    .option("--json", "print the ordered stream of events, a JSON object in each line")
    .option("-v, --verbose", "print debug lines")
    .addHelpText("after", beatExamples)
    .action(async (module: string, flags: BeatFlags, command: Command) => {
      const { beat } = await import("./schedule/beat.ts")
      end(await beat(module, flags, command.getOptionValueSource("store") === "cli"))
    })
  const schedule = program
    .command("schedule")
    .description("look after the schedules of a store")
    .addHelpText("after", scheduleExamples)
  onStore(schedule.command("ls"))
    .description("list them")
    .option("--json", "print each as a JSON object in a line")
    .action(async (flags: SchedulesFlags) => {
      const { listSchedules } = await import("./schedule/list-schedules.ts")
      end(await listSchedules(flags))
    })
  onStore(schedule.command("next"))
    .description("print the next slot of each, or the next slots of one")
    .argument("[name]")
    .argument("[count]", "how many", countOf("the count of slots"), 5)
    .option("--json", "print each as a JSON object in a line")
    .action(async (name: string | undefined, count: number, flags: SchedulesFlags) => {
      const { nextSlots } = await import("./schedule/list-schedules.ts")
      end(await nextSlots(name, count, flags))
    })
  for (const action of ["pause", "resume"] as const) {
    onStore(schedule.command(action))
      .description(action === "pause" ? "let its slots pass from now on" : "go on with its next slot")
      .argument("<name>")
      .action(async (name: string, flags: StoreFlags) => {
        const { changeSchedule } = await import("./schedule/change-schedule.ts")
        end(await changeSchedule(action, name, flags))
      })
  }
  onStore(schedule.command("run"))
    .description("run it now, in the program that has the store open, and print the task's id")
    .argument("<name>")
    .action(async (name: string, flags: StoreFlags) => {
      const { runSchedule } = await import("./schedule/change-schedule.ts")
      end(await runSchedule(name, flags))
    })
}
