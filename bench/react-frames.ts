import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Browser, chromium } from "playwright-core"
import { build, preview } from "vite"
import { findChromium } from "../scripts/chromium.mjs"
import { alternate, pick } from "./harness/alternate.ts"
import type { Contestant } from "./harness/alternate.ts"
import type { Benchmark } from "./harness/benchmark.ts"
import { median, quantile } from "./harness/statistics.ts"
import { tableOf } from "./harness/table.ts"
import { atMost } from "./harness/target.ts"
import { scriptingByFrame } from "./measures/scripting.ts"

const root = fileURLToPath(new URL("pages/react", import.meta.url))
const settlesMilliseconds = 1500
const watchedMilliseconds = 4000

const shown: Readonly<Record<string, string>> = {
  "tasktor, TaskList": "?rows=TaskList",
  "tasktor, TaskList, a message in each update": "?rows=TaskList&messages",
  "tasktor, useProgress in 1,000 components": "?rows=useProgress",
  "tasktor, useTasks in one component": "?rows=useTasks",
  "tasktor, nothing rendered": "?rows=nothing&messages",
}

/** Scripting of each frame in one page, in milliseconds. */
interface Frames {
  readonly p50: number
  readonly p95: number
  readonly aSecond: number
}

export const benchmark: Benchmark = {
  name: "react-frames",
  question:
    "1,000 live tasks in a page, 60 updates a second each: the JavaScript of a frame, bodies and supervisor included",
  answer: async ({ rounds, wants }) => {
    const executablePath = findChromium()
    if (executablePath === undefined)
      throw new Error("Cannot measure React: there is no Chromium, and CHROMIUM is not set")
    const outDir = mkdtempSync(join(tmpdir(), "tasktor-react-frames-"))
    process.env["NODE_ENV"] = "production"
    await build({ root, configFile: false, logLevel: "error", build: { outDir, emptyOutDir: true } })
    const server = await preview({ root, configFile: false, build: { outDir }, preview: { port: 0 } })
    const browser = await chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] })
    try {
      const address = server.resolvedUrls?.local[0] ?? ""
      const contestants = Object.entries(shown)
        .filter(([name]) => wants(name))
        .map(([name, query]) => pageShowing(name, `${address}${query}`, browser))
      const samples = await alternate(contestants, rounds, { warmUps: 1 })
      const p95 = pick(samples, (frames) => frames.p95)
      return {
        tables: [
          tableOf(
            "scripting of a frame, median",
            "ms",
            pick(samples, (frames) => frames.p50),
          ),
          tableOf("scripting of a frame, p95", "ms", p95),
          tableOf(
            "frames",
            "in a second",
            pick(samples, (frames) => frames.aSecond),
          ),
        ],
        targets: Object.keys(shown)
          .filter((name) => name.includes("TaskList"))
          .flatMap((name) => atMost(`${name}: p95 under 4 ms`, median(p95.get(name) ?? []), 4, "ms")),
      }
    } finally {
      await browser.close()
      await server.close()
      rmSync(outDir, { recursive: true })
    }
  },
}

function pageShowing(name: string, address: string, browser: Browser): Contestant<Frames> {
  const round = async (): Promise<Frames> => {
    const page = await browser.newPage()
    try {
      await page.goto(address)
      await page.waitForTimeout(settlesMilliseconds)
      const frames = await scriptingByFrame(page, watchedMilliseconds)
      return {
        p50: median(frames),
        p95: quantile(frames, 0.95),
        aSecond: frames.length / (watchedMilliseconds / 1000),
      }
    } finally {
      await page.close()
    }
  }
  return { name, round }
}
