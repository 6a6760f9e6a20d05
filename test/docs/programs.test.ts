/** The programs of the pages, as a newcomer would copy them: into files of these names, with the built package installed. */
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import { describe, expect, it, onTestFinished } from "vitest"
import { programsOf, snippetsOfPage } from "../../scripts/docs/snippets.ts"

const pages = ["README.md", "docs/guide.md", "docs/executors.md", "docs/embedding.md"]
const programs = pages.flatMap((page) =>
  programsOf(snippetsOfPage(page))
    .filter((files) => files.has("main.ts"))
    .map((files) => ({ page, files })),
)

describe.each(programs)("the program of $page", ({ files }) => {
  it("runs, and prints what it says", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tasktor-"))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    mkdirSync(join(folder, "node_modules"))
    symlinkSync(resolve("."), join(folder, "node_modules", "tasktor"))
    for (const [name, { lines }] of files) writeFileSync(join(folder, name), lines.join("\n"))
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["main.ts"], { cwd: folder })
    expect(stderr).toBe("")
    const promised = files
      .get("main.ts")
      ?.lines.flatMap((line) => /console\.log\(.*\) \/\/ (.+)$/.exec(line)?.[1] ?? [])
    expect(promised).not.toEqual([])
    for (const line of promised ?? []) expect(stdout.split("\n")).toContain(line)
  })
})

it("every page that promises a program has one", () => {
  expect(new Set(programs.map(({ page }) => page))).toEqual(new Set(pages))
})
