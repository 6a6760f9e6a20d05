import { describe, expect, test } from "vitest"
import { toMermaid } from "tasktor/machines"
import { createMachine } from "xstate"
import { cli } from "./cli.ts"
import { line, tied } from "./fixtures/pipelines.ts"

describe("tasktor run", () => {
  test("runs a pipeline that a module exports, and prints what it gives", async () => {
    expect(await cli("run", "pipelines.ts", "line", "-q")).toEqual({ stdout: "6\n", stderr: "", code: 0 })
    const { stdout, stderr, code } = await cli("run", "pipelines.ts", "tied")
    expect(JSON.parse(stdout)).toEqual({ words: ["a", "bb"], more: ["c"], count: 3 })
    expect(stderr).toContain("graph › chain › map › size: completed in")
    expect(code).toBe(0)
  })

  test("says which step failed, and that the others were skipped", async () => {
    const { stdout, stderr, code } = await cli("run", "pipelines.ts", "broken")
    expect(stdout).toBe("")
    expect(stderr).toMatch(/^chain › fails: failed in .*: RangeError: no$/m)
    expect(stderr).toContain('chain › sum: cancelled: skipped because step 2 ("fails") failed\n')
    expect(stderr).toMatch(/^chain: failed in .*: RangeError: no · 3 children/m)
    expect(code).toBe(1)
  })

  test("prints the stream of all its tasks as JSON", async () => {
    const { stdout } = await cli("run", "pipelines.ts", "tied", "--json")
    const facts = stdout
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text) as Record<string, unknown>)
    expect(facts[0]).toMatchObject({ name: "graph", type: "submitted" })
    expect(facts.filter(({ type }) => type === "submitted").map(({ name }) => name)).toEqual(
      expect.arrayContaining(["graph", "words", "words", "chain", "map", "size", "size", "sum"]),
    )
    expect(facts.at(-1)).toMatchObject({ name: "graph", outcome: { status: "completed", output: { count: 3 } } })
  })
})

describe("tasktor graph", () => {
  test("draws a pipeline, its steps by their names and no event that is none of people's", async () => {
    const { stdout, code } = await cli("graph", "pipelines.ts", "line")
    expect(stdout).toBe(toMermaid(line.machine))
    expect(stdout).toContain("  map --> sum : completed\n")
    expect(stdout).not.toMatch(/again|count|next|\.\d/)
    expect(code).toBe(0)
  })

  test("draws which step of a graph comes after which", async () => {
    const { stdout } = await cli("graph", "pipelines.ts", "tied")
    expect(stdout).toContain(`  state "graph" as s_graph {
    [*] --> words
    [*] --> more
    words
    more
    state count {
      [*] --> map
      state map {
        size
      }
      sum
    }
    more --> [*]
    count --> [*]
  }
`)
    expect(stdout).toContain("  words --> count\n")
    expect(stdout).not.toMatch(/waiting|running|begin/)
  })

  test("prints it as JSON that makes the same machine", async () => {
    const { stdout } = await cli("graph", "pipelines.ts", "tied", "--format", "json")
    expect(toMermaid(createMachine(JSON.parse(stdout) as object))).toBe(toMermaid(tied.machine))
  })
})
