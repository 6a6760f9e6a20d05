import { describe, expect, test } from "vitest"
import { supervisorMachine, taskMachine, toConfig, toMermaid } from "tasktor/machines"
import { createMachine } from "xstate"
import { findMachine } from "../../../adapters/cli/find-machine.ts"
import { draw } from "../../../adapters/cli/graph.ts"
import { cli } from "./cli.ts"
import { light, paint, pipeline } from "./fixtures/machines.ts"

const lightText = `stateDiagram-v2
  [*] --> green
  green
  red
  green --> red : after 1000 ms
  red --> green : go [isFree]
`

describe("tasktor graph", () => {
  test("without a module prints the machine of all tasks, or another one of its own", async () => {
    expect(await cli("graph")).toEqual({ stdout: toMermaid(taskMachine), stderr: "", code: 0 })
    expect(await cli("graph", "--machine", "supervisor")).toMatchObject({
      stdout: toMermaid(supervisorMachine),
      code: 0,
    })
  })

  test("prints the machine that a module exports", async () => {
    expect(await cli("graph", "light.ts")).toEqual({ stdout: lightText, stderr: "", code: 0 })
    expect(await cli("graph", "machines.ts", "pipeline")).toEqual({ stdout: lightText, stderr: "", code: 0 })
  })

  test("prints its configuration as JSON", async () => {
    const { stdout, code } = await cli("graph", "./machines.ts", "light", "--format", "json")
    expect(JSON.parse(stdout)).toEqual(toConfig(light))
    expect(code).toBe(0)
  })

  test("prints code as Stately's editor imports it", () => {
    const [first, ...rest] = draw(light, "stately").split("\n\n")
    expect(first).toBe('import { createMachine } from "xstate"')
    const [, config] = /^export const machine = createMachine\((.*)\)\n$/s.exec(rest.join("\n\n")) ?? []
    expect(toMermaid(createMachine(JSON.parse(config ?? "") as object))).toBe(lightText)
  })

  test.each([
    ["no such file", ["./nope.ts"], "Cannot load ./nope.ts: there is no such file, nor a package of that name"],
    [
      "a module with nothing to draw",
      ["no-task.ts"],
      "Cannot draw no-task.ts: it exports no machine, pipeline or task; export one, as in export const light = createMachine({ … })",
    ],
    [
      "several machines",
      ["machines.ts"],
      "Cannot draw machines.ts: it exports several machines; name one of light, paint, pipeline",
    ],
    [
      "a wrong name",
      ["machines.ts", "colour"],
      'Cannot draw "colour": machines.ts exports nothing of that name to draw; it exports light, paint, pipeline',
    ],
    [
      "a module and a machine of its own",
      ["light.ts", "--machine", "task"],
      "Cannot draw light.ts: --machine names one of tasktor's own machines; leave out one of them",
    ],
    [
      "a format that it does not know",
      ["--format", "svg"],
      "Cannot read the command: option '-f, --format <format>' argument 'svg' is invalid. Allowed choices are mermaid, json, stately; see tasktor --help",
    ],
  ])("is an error of use, in one line: %s", async (_title, words, message) => {
    expect(await cli("graph", ...words)).toEqual({ stdout: "", stderr: `tasktor: ${message}\n`, code: 2 })
  })
})

describe("the machine that is meant", () => {
  const module = { light, paint, pipeline, again: light, nothing: undefined, odd: { root: {}, config: {} } }

  test("goes by its export's name, or by a task's own; a task stands for the machine of all tasks", () => {
    expect(findMachine(module, "light", "m")).toBe(light)
    expect(findMachine(module, "pipeline", "m")).toBe(light)
    expect(findMachine(module, "paint", "m")).toBe(taskMachine)
    expect(findMachine(module, "paint the wall", "m")).toBe(taskMachine)
  })

  test("is the only one, exported twice or not", () => {
    expect(findMachine({ light, default: light, colour: "red" }, undefined, "m")).toBe(light)
    expect(findMachine({ call: paint() }, undefined, "m")).toBe(taskMachine)
  })
})
