import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { describe, expect, expectTypeOf, it } from "vitest"
import * as nodePreset from "../../../adapters/presets/node.ts"
import * as workerPreset from "../../../adapters/presets/worker.ts"

const repository = fileURLToPath(new URL("../../../", import.meta.url))
const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/light/${name}`, import.meta.url))

const names = Object.keys(nodePreset).toSorted()

interface Look {
  readonly preset: string
  readonly names: readonly string[]
  readonly loaded: number
  readonly heavy: readonly string[]
}

/** What the program of the fixtures prints: one output from a thread, one from a process. */
async function run(options: readonly string[], ...argv: readonly string[]): Promise<readonly unknown[]> {
  const all = [...options, fixture("program.ts"), ...argv]
  const { stdout } = await promisify(execFile)(process.execPath, all, { cwd: repository })
  return JSON.parse(stdout) as readonly unknown[]
}

describe("the preset of workers", () => {
  it("exports what the Node preset exports, of the same types", () => {
    expect(Object.keys(workerPreset).toSorted()).toEqual(names)
    expectTypeOf({ ...workerPreset }).toEqualTypeOf({ ...nodePreset })
  })

  it("is what a task's module imports in a thread and in a process, where nothing heavy is loaded", async () => {
    const looks = (await run([], "looksAround", fixture("record-loads.mjs"))) as readonly Look[]
    expect(looks).toMatchObject([1, 2].map(() => ({ preset: "worker.js", names, heavy: [] })))
    for (const { loaded } of looks) expect(loaded).toBeGreaterThan(10)
  })

  it.each([{ options: [] }, { options: ["--import", "tsx"] }])(
    "makes supervisors in a worker, and their errors are of its own classes: $options",
    async ({ options }) => {
      expect(await run(options, "supervises")).toEqual([1, 2].map(() => Array(4).fill("TaskFailedError")))
    },
  )
})
