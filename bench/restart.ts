import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { alternate, pick } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { median } from "./harness/statistics.ts"
import { tableOf } from "./harness/table.ts"
import { atMost } from "./harness/target.ts"
import type { Restart } from "./workers/restart.ts"

const settled = 100_000
const living = 10_000
const program = fileURLToPath(new URL("./workers/restart.ts", import.meta.url))

interface Start extends Restart {
  /** Milliseconds of the whole program, from its start to its end. */
  readonly whole: number
}

export const benchmark: Benchmark = {
  name: "restart",
  question: "A fresh program on a file with 100,000 settled and 10,000 living tasks: the time until it can run",
  answer: async ({ rounds, wants }) => {
    const folder = mkdtempSync(join(tmpdir(), "tasktor-bench-"))
    try {
      const full = fileWith(folder, "full", settled, living)
      const empty = fileWith(folder, "empty", 0, 0)
      const contestants = [
        { name: "tasktor, 100,000 settled and 10,000 living", round: () => startOn(full, living) },
        { name: "tasktor, an empty file", round: () => startOn(empty, 0) },
      ].filter(({ name }) => wants(name))
      const samples = await alternate(contestants, rounds, { warmUps: 1 })
      const results = pick(samples, ({ firstResult }) => firstResult)
      const [name = ""] = results.keys()
      return {
        tables: [
          tableOf(
            "createSupervisor({ store }) until all that lives is known",
            "ms",
            pick(samples, ({ known }) => known),
          ),
          tableOf("createSupervisor({ store }) until the first new task has its result", "ms", results),
          tableOf(
            "the whole program, Node's start and modules included",
            "ms",
            pick(samples, ({ whole }) => whole),
          ),
        ],
        targets: name.includes("100,000")
          ? atMost(
              "restart with 100,000 settled and 10,000 living: at most 2 s",
              median(results.get(name) ?? []),
              2000,
              "ms",
            )
          : [],
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** A folder with a store's file that a program has left as it was. */
function fileWith(folder: string, name: string, ...counts: readonly [settled: number, living: number]): string {
  const own = join(folder, name)
  mkdirSync(own)
  execFileSync(process.execPath, [program, join(own, "tasks.db"), "fill", ...counts.map(String)], { stdio: "inherit" })
  const bytes = readdirSync(own).reduce((sum, file) => sum + statSync(join(own, file)).size, 0)
  process.stderr.write(`  ${name}: ${(bytes / 2 ** 20).toFixed(1)} MB\n`)
  return own
}

/** Each start has a copy: it changes what it finds. */
async function startOn(folder: string, expected: number): Promise<Start> {
  const copy = `${folder}-copy`
  rmSync(copy, { recursive: true, force: true })
  cpSync(folder, copy, { recursive: true })
  const start = performance.now()
  const answer = execFileSync(process.execPath, [program, join(copy, "tasks.db")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  })
  const whole = performance.now() - start
  const restart = JSON.parse(answer) as Restart
  if (restart.living < expected - 2)
    throw new Error(`Cannot measure the restart: ${restart.living} of ${expected} living tasks were found`)
  return { ...restart, whole }
}
