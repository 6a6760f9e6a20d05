/** `npm run bench`: tasktor and its peers side by side. What is measured and why: docs/benchmarks.md. */
import { existsSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { benchmarkNamed, benchmarkNames } from "./benchmarks.ts"
import type { Answer, Target } from "./harness/benchmark.ts"
import { answerInChild } from "./harness/isolate.ts"
import { installedVersion, machineLine } from "./harness/machine.ts"
import { printedTable } from "./harness/table.ts"

const help = `node bench/main.ts [options]

  --only <name>        this benchmark alone; may be given several times
  --contestant <text>  only contestants whose name contains the text
  --rounds <n>         measured rounds after the warm-up, default 5
  --json <file>        writes machine, tables and targets to a file
  --list               names the benchmarks`

const peers = ["piscina", "tinypool", "workerpool", "poolifier", "p-queue", "bullmq", "pg-boss", "effect"]

interface Report extends Answer {
  readonly name: string
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true },
      contestant: { type: "string" },
      rounds: { type: "string", default: "5" },
      json: { type: "string" },
      list: { type: "boolean" },
      help: { type: "boolean" },
    },
  })
  if (values.help) return console.log(help)
  if (values.list) return list()
  const names = values.only ?? benchmarkNames
  for (const name of names) {
    if (!benchmarkNames.includes(name))
      throw new RangeError(`Cannot run "${name}": there are ${benchmarkNames.join(", ")}`)
  }
  const rounds = Number(values.rounds)
  if (!(Number.isInteger(rounds) && rounds > 0))
    throw new RangeError(`Cannot run ${values.rounds} rounds: give 1 or more`)
  if (!existsSync(new URL("../dist", import.meta.url)))
    throw new Error("Cannot measure tasktor: run `npm run build` first")

  const machine = machineLine()
  console.log(machine)
  console.log(peers.map((peer) => `${peer} ${installedVersion(peer)}`).join(", "))
  const reports: Report[] = []
  for (const name of names) {
    console.log(`\n# ${name}`)
    const report = { name, ...(await answerInChild(name, rounds, values.contestant)) }
    for (const table of report.tables) console.log(`\n${printedTable(table)}`)
    reports.push(report)
  }
  console.log(
    `\n# targets\n\n${reports.flatMap(({ name, targets }) => targets.map((one) => verdict(name, one))).join("\n")}`,
  )
  console.log(`\nLoad average at the end: ${machineLine().split("load average ")[1] ?? ""}`)
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ machine, rounds, reports }, null, 2)}\n`)
}

async function list(): Promise<void> {
  for (const name of benchmarkNames) console.log(`${name.padEnd(18)} ${(await benchmarkNamed(name)).question}`)
}

function verdict(name: string, { promise, measured, met }: Target): string {
  return `${met ? "met   " : "MISSED"}  ${name.padEnd(18)} ${promise}: ${measured}`
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
