/** What an audit lets out: nothing that steers a terminal, and all that it has found. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Report } from "../../examples/folder-audit/report.ts"
import { Program } from "../adapters/cli/cli.ts"
import { emptyFolder } from "./nasty-folder.ts"

const mainPath = fileURLToPath(new URL("../../examples/folder-audit/main.ts", import.meta.url))
const steering = "\x1b]0;a title\x07\x1b[2J\x9b2J"
// All but the end of a line.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const controls = /[\0-\x09\x0b-\x1f\x7f-\x9f]/

let folder: string

beforeAll(() => {
  folder = join(emptyFolder(), steering)
  const files: Readonly<Record<string, string>> = {
    "licensed/package.json": JSON.stringify({ license: steering }),
    "broken/package.json": steering,
    "broken.js.map": steering,
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
})

afterAll(() => rmSync(join(folder, ".."), { recursive: true }))

describe("a stranger's control characters", () => {
  test("are escaped in the text, in licences, reasons and the folder's name", async () => {
    const { stdout, stderr, code } = await new Program(process.execPath, [mainPath, folder]).ended
    expect(code).toBe(0)
    const escaped = "\\x1b]0;a title\\x07\\x1b[2J\\x9b2J"
    expect(stdout).toContain(`licences: ${escaped} 1\n`)
    expect(stdout).toMatch(/broken\/package\.json: SyntaxError: .*\\x1b/)
    expect(stdout).toMatch(/broken\.js\.map: SyntaxError: .*\\x1b/)
    expect(stdout.split("\n")[0]).toContain(escaped)
    expect(stdout + stderr).not.toMatch(controls)
  })

  test("are escaped in the JSON, and are the same when it is read", async () => {
    const { stdout } = await new Program(process.execPath, [mainPath, folder, "--json"]).ended
    expect(stdout).not.toMatch(controls)
    expect((JSON.parse(stdout) as Report).packages.licenses).toEqual({ [steering]: 1 })
  })
})

test("where the JSON cannot be written, the text is printed all the same, and one line says why", async () => {
  const json = join(folder, "no such folder", "out.json")
  const written = join(folder, "..", "out.json")
  const failing = await new Program(process.execPath, [mainPath, folder, "--json", json]).ended
  expect(failing.stdout).toMatch(/^Audit of [^]*Unreadable: none\n$/)
  expect(failing.stderr).toMatch(/\nfolder-audit: Cannot write the JSON: ENOENT: .*\n$/)
  expect(failing.stderr).not.toContain("    at ")
  expect(failing.code).toBe(1)

  const { code } = await new Program(process.execPath, [mainPath, folder, "--json", written]).ended
  expect({ code, files: (JSON.parse(readFileSync(written, "utf8")) as Report).files }).toEqual({ code: 0, files: 3 })
})
