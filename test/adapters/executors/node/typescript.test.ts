import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { promisify } from "node:util"
import { createSupervisor, defineTask } from "tasktor"
import { afterAll, describe, expect, it, onTestFinished } from "vitest"

const repository = fileURLToPath(new URL("../../../../", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "tasktor-typescript-"))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return pathToFileURL(path).href
}

write("package.json", `{ "type": "module" }`)
write("lib.ts", "export const two: number = 2")
/** What Node's own type stripping cannot read: an enum, and ".js" where TypeScript means ".ts". */
const demanding = write(
  "demanding.ts",
  `import { defineTask } from "${repository}runtime/definition/define-task.ts"
   import { two } from "./lib.js"
   enum Colour { Red = "red" }
   export const paint = defineTask({ name: "paint", module: import.meta.url, run: () => Colour.Red + two })`,
)
const program = write(
  "program.ts",
  `import { createSupervisor } from "${repository}adapters/presets/node.ts"
   import { paint } from "./demanding.js"
   await using supervisor = createSupervisor({ concurrency: { thread: 1, process: 1 } })
   for (const executor of ["thread", "process"]) console.log(executor, await supervisor.run(paint(), { executor }).result())`,
)

describe("a TypeScript module in a worker", () => {
  const paint = defineTask({ name: "paint", module: demanding, run: () => "not in a worker" })

  it.each(["thread", "process"])("is loaded in a %s with tsx where type stripping is not enough", async (executor) => {
    const supervisor = createSupervisor()
    onTestFinished(() => supervisor.shutdown())
    expect(await supervisor.run(paint(), { executor }).result()).toBe("red2")
  })

  it.each([
    { command: "node_modules/.bin/tsx", options: [] },
    { command: process.execPath, options: ["--import", "tsx"] },
  ])("is loaded as its program is: $command $options", async ({ command, options }) => {
    const run = promisify(execFile)
    const { stdout } = await run(command, [...options, fileURLToPath(program)], { cwd: repository })
    expect(stdout).toBe("thread red2\nprocess red2\n")
  })
})
