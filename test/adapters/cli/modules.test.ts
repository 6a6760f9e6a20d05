import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { cliPath, type Ended, Program } from "./cli.ts"

const repository = fileURLToPath(new URL("../../..", import.meta.url))
const taskModule = (body: string): string => `import { defineTask } from "tasktor"
export const hi = defineTask({ name: "hi", module: import.meta.url, run: (_ctx, n) => ${body} })
`

describe("a project of its own, with tasktor among its packages", () => {
  let project: string

  beforeAll(() => {
    project = realpathSync(mkdtempSync(join(tmpdir(), "tasktor-cli-")))
    mkdirSync(join(project, "node_modules"))
    symlinkSync(repository, join(project, "node_modules", "tasktor"))
    write("package.json", '{ "type": "module" }')
    write("plain.js", taskModule("`hi ${n}`"))
    write("other.ts", 'export const other: string = "and others"')
    write(
      "strict.ts",
      `import { other } from "./other.ts"\n${taskModule("`hi ${n} ${other}`").replace("n)", "n: number)")}`,
    )
    write(
      "loose.ts",
      `import { other } from "./other.js"\nenum Greeting { Hi = "hi" }\n${taskModule("`${Greeting.Hi} ${n} ${other}`")}`,
    )
    write("wrong.ts", "\nexport const x = (")
    write("imports-nothing.js", 'import "./nothing.js"')
    write(
      "node_modules/jobs/package.json",
      '{ "type": "module", "exports": { "./greet": { "import": "./dist/greet.js" } } }',
    )
    write("node_modules/jobs/dist/greet.js", taskModule("`hi ${n} from a package`"))
  })

  afterAll(() => rmSync(project, { recursive: true }))

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(project, path)), { recursive: true })
    writeFileSync(join(project, path), text)
  }

  function run(...words: string[]): Promise<Ended> {
    return new Program(process.execPath, [cliPath, "run", ...words, "--quiet"], { cwd: project }).ended
  }

  test.each([
    ["JavaScript", "plain.js", "hi 1\n"],
    ["TypeScript, by Node's own type stripping", "./strict.ts", "hi 1 and others\n"],
    ["an export of a package", "jobs/greet", "hi 1 from a package\n"],
  ])("%s", async (_title, module, output) => {
    expect(await run(module, "1")).toEqual({ stdout: output, stderr: "", code: 0 })
    expect(await run(module, "1", "--executor", "thread")).toEqual({ stdout: output, stderr: "", code: 0 })
  })

  test("TypeScript that stripping is not enough for: by tsx, where there is one", async () => {
    expect(await run("loose.ts", "1")).toEqual({
      stdout: "",
      stderr: expect.stringMatching(/^tasktor: Cannot load loose.ts: SyntaxError: .*enum.*; .* install tsx\n$/),
      code: 2,
    })
    symlinkSync(join(repository, "node_modules", "tsx"), join(project, "node_modules", "tsx"))
    expect(await run("loose.ts", "1")).toEqual({ stdout: "hi 1 and others\n", stderr: "", code: 0 })
    expect(await run("loose.ts", "1", "--executor", "thread")).toMatchObject({ stdout: "hi 1 and others\n", code: 0 })
  })

  test.each([
    ["a syntax error", "wrong.ts", "Cannot load wrong.ts: SyntaxError: Expression expected (line 2)"],
    [
      "an import that leads nowhere",
      "imports-nothing.js",
      expect.stringMatching(/^Cannot load imports-nothing.js: Error: Cannot find module .*nothing.js/),
    ],
    [
      "what a package does not export",
      "jobs/other",
      expect.stringMatching(/^Cannot load jobs\/other: Error: Package subpath/),
    ],
    [
      "a package that is not there",
      "@nobody/jobs",
      "Cannot load @nobody/jobs: there is no such file, nor a package of that name",
    ],
  ])("%s is one line", async (_title, module, message) => {
    const { stdout, stderr, code } = await run(module)
    expect(stderr.replace(/^tasktor: |\n$/g, "")).toEqual(message)
    expect(stdout).toBe("")
    expect(code).toBe(2)
  })
})
