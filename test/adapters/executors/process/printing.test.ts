import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, it } from "vitest"

it("what a body prints comes out whole, though the program ends with the task", async () => {
  const program = fileURLToPath(new URL("../../../fixtures/printing-program.ts", import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], { maxBuffer: 10_000_000 })
  const lines = stdout.trimEnd().split("\n")
  expect(lines.length).toBe(20_000)
  expect(lines.at(-1)).toMatch(/^19999 x+$/)
  expect(stderr).toBe("20000\n")
})
