import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, it } from "vitest"

it("a child process for which there are no descriptors fails its task, and not the program", async () => {
  const program = fileURLToPath(new URL("../../../fixtures/no-descriptors-program.ts", import.meta.url))
  const command = ["-c", 'ulimit -n 256; exec "$0" "$1"', process.execPath, program]
  const { stdout } = await promisify(execFile)("sh", command)
  expect(JSON.parse(stdout)).toEqual({ type: "setup", error: expect.stringContaining("EMFILE") })
})
