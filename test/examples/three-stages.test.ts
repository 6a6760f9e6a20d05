import { execFileSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { createSupervisor } from "tasktor"
import { describe, expect, onTestFinished, test } from "vitest"
import { download } from "../../examples/three-stages/download.ts"
import { Program } from "../adapters/cli/cli.ts"
import { processesWith } from "../support/os.ts"

const mainPath = fileURLToPath(new URL("../../examples/three-stages/main.ts", import.meta.url))

const smallPages = {
  "a.txt": "The cat sat on the mat. The end.\n",
  "b.txt": "A cat, a hat: THE HAT!\n",
  "empty.txt": "",
}

/** So much to count that one can step in. */
const lines = 150_000
const largePages = Object.fromEntries(
  ["one", "two", "three", "four"].map((name) => [name, `${name} of many words, again and again\n`.repeat(lines)]),
)

/** A site with these pages, and a place to work. */
class Run {
  readonly #root = mkdtempSync(join(tmpdir(), "tasktor-stages-"))
  readonly #pages = join(this.#root, "pages")
  readonly #work = join(this.#root, "work")
  readonly mark = randomUUID()

  constructor(pages: Readonly<Record<string, string>>) {
    onTestFinished(() => rmSync(this.#root, { recursive: true }))
    mkdirSync(this.#pages)
    for (const [name, text] of Object.entries(pages)) writeFileSync(join(this.#pages, name), text)
  }

  start(...options: readonly string[]): Program {
    const words = [mainPath, this.#pages, "--work", this.#work, ...options]
    const program = new Program(process.execPath, words, { env: { STAGES_TEST: this.mark } })
    onTestFinished(() => void program.child.kill("SIGKILL"))
    return program
  }

  /** What the site has been sent. */
  get index(): unknown {
    const path = join(this.#work, "published.json")
    return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined
  }

  /** What grep, sort and uniq make of the pages. */
  get expected(): unknown {
    const command = "cat * | grep -oE '[[:alpha:]]+' | tr '[:upper:]' '[:lower:]' | sort | uniq -c"
    const counted = execFileSync("sh", ["-c", command], { cwd: this.#pages }).toString().trim().split("\n")
    return Object.fromEntries(
      counted.map((line) => line.trim().split(" ").toReversed()).map(([w, n]) => [w, Number(n)]),
    )
  }
}

/** The states that it went through; its progress is another matter. */
const statesOf = (stdout: string): readonly string[] => stdout.split("\n").filter((line) => !/ %$|^$/.test(line))

const goodEnd = ["processing 3 pages", "publishing what 3 pages have", "published: 8 words of 3 pages"]
const outage = expect.stringMatching(/^waiting after try \d: (a|b|empty)\.txt: the site answers 503$/)

describe("a machine of three stages", () => {
  test("downloads, processes and publishes; its progress is in its context", async () => {
    const run = new Run(smallPages)
    const { stdout, stderr, code } = await run.start().ended
    expect(statesOf(stdout)).toEqual(["downloading 3 pages", ...goodEnd])
    expect(stdout).toContain("downloading: 100 %\n")
    expect(stdout).toContain("processing: 100 %\n")
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 })
    expect(run.index).toEqual(run.expected)
  })

  test("waits and tries a stage again that failed", async () => {
    const run = new Run(smallPages)
    const { stdout, code } = await run.start("--outages", "1").ended
    expect(statesOf(stdout)).toEqual(["downloading 3 pages", outage, "downloading 3 pages", ...goodEnd])
    expect(code).toBe(0)
    expect(run.index).toEqual(run.expected)
  })

  test("fails with the typed failure of a stage that fails for good", async () => {
    const run = new Run(smallPages)
    const { stdout, code } = await run.start("--outages", "100").ended
    const downloading = "downloading 3 pages"
    const failed = expect.stringMatching(/^failed as error: .*\.txt: the site answers 503$/)
    expect(statesOf(stdout)).toEqual([downloading, outage, downloading, outage, downloading, failed])
    expect(code).toBe(1)
    expect(run.index).toBeUndefined()
  })

  test("tries the stage again that failed, and not those before it", async () => {
    const run = new Run(smallPages)
    const { stdout, code } = await run.start("--full").ended
    const publishing = "publishing what 3 pages have"
    const why = "the site answers 507 to the index"
    expect(statesOf(stdout).slice(2)).toEqual([
      publishing,
      `waiting after try 1: ${why}`,
      publishing,
      `waiting after try 2: ${why}`,
      publishing,
      `failed as error: ${why}`,
    ])
    expect(code).toBe(1)
  })

  test("ends where its user cancels it, with all that it has started", async () => {
    const run = new Run(largePages)
    const program = run.start()
    await program.printed("processing 4 pages")
    program.child.kill("SIGINT")
    const { stdout, code } = await program.ended
    expect(statesOf(stdout)).toEqual(["downloading 4 pages", "processing 4 pages", "cancelled"])
    expect(code).toBe(130)
    expect(run.index).toBeUndefined()
    expect(processesWith(run.mark)).toEqual([])
  })

  test("goes on after a restart with the stage that it was in", async () => {
    const run = new Run(largePages)
    const killed = run.start()
    await killed.printed("processing 4 pages")
    killed.child.kill("SIGKILL")
    await killed.ended
    const { stdout, code } = await run.start().ended
    expect(statesOf(stdout)).toEqual([
      "processing 4 pages",
      "publishing what 4 pages have",
      "published: 9 words of 4 pages",
    ])
    expect(code).toBe(0)
    const ofEach = { one: lines, two: lines, three: lines, four: lines }
    const ofAll = { again: 8 * lines, and: 4 * lines, many: 4 * lines, of: 4 * lines, words: 4 * lines }
    expect(run.index).toEqual({ ...ofEach, ...ofAll })
  })

  test("tries at once after a restart while it waited", async () => {
    const run = new Run(smallPages)
    const killed = run.start("--outages", "100")
    await killed.printed("waiting after try 2")
    killed.child.kill("SIGKILL")
    await killed.ended
    const { stdout } = await run.start().ended
    expect(statesOf(stdout)).toEqual([expect.stringMatching(/^waiting after try 2/), "downloading 3 pages", ...goodEnd])
  })
})

test("a page is put into its folder, whatever its site calls it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tasktor-pages-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const server = createServer((_request, response) => void response.end("text")).listen(0, "127.0.0.1")
  onTestFinished(() => void server.close())
  await once(server, "listening")
  const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const supervisor = createSupervisor()
  onTestFinished(() => supervisor.shutdown())
  mkdirSync(join(folder, "pages"))
  const name = "../outside.txt"
  const path = await supervisor.run(download({ site, name, folder: join(folder, "pages") })).result()
  expect(readFileSync(path, "utf8")).toBe("text")
  expect(readdirSync(folder)).toEqual(["pages"])
})
