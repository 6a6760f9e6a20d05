import { chain, defineTask, graph, map } from "tasktor"
import { supervisorMachine, taskMachine, toConfig, toMermaid, transitionTable, workerMachine } from "tasktor/machines"
import { describe, expect, it } from "vitest"
import { type AnyStateMachine, assign, createMachine, fromPromise, not, raise } from "xstate"

function beep(): void {}

const task = defineTask({ name: "a.b", run: (_ctx, n: number) => n })
const pipeline = chain(map(task, [1]), graph({ a: task(1), b: { after: "a", run: chain(task(2), task) } }))

describe("a machine's configuration as plain data", () => {
  it.each<[string, AnyStateMachine]>([
    ["a task", taskMachine],
    ["a supervisor", supervisorMachine],
    ["a worker", workerMachine],
    ["a pipeline", pipeline.machine],
  ])("makes the same statechart again: %s", (_title, machine) => {
    const again = createMachine(JSON.parse(JSON.stringify(toConfig(machine))) as object)
    expect(toMermaid(again)).toBe(toMermaid(machine))
    expect(transitionTable(again)).toEqual(transitionTable(machine))
    expect(again.id).toBe(machine.id)
  })

  it("has actions, guards and actors by name, and no code", () => {
    const machine = createMachine({
      id: "kettle",
      context: { litres: 1, since: 5n, boil: beep, level: Number.NaN },
      description: "boils",
      initial: "cold",
      entry: beep,
      exit: ["sing", { type: "whistle", params: { loud: true } }, () => {}],
      states: {
        cold: {
          tags: ["off"],
          meta: { place: "kitchen", nothing: null, of: undefined, list: [1, beep] },
          on: {
            heat: { guard: not("isEmpty"), target: "hot", actions: [assign({ litres: 2 }), raise({ type: "x" })] },
          },
          invoke: [
            { src: "thermometer", input: () => 5 },
            { id: "own", src: fromPromise(() => Promise.resolve()) },
          ],
        },
        hot: { type: "final", output: () => 100 },
      },
    })
    expect(toConfig(machine)).toEqual({
      id: "kettle",
      context: { litres: 1, since: "5", level: "NaN" },
      description: "boils",
      initial: "cold",
      entry: { type: "beep" },
      exit: [{ type: "sing" }, { type: "whistle" }, { type: "inline" }],
      states: {
        cold: {
          tags: ["off"],
          meta: { place: "kitchen", nothing: null, list: [1, null] },
          on: {
            heat: { guard: { type: "not isEmpty" }, target: "hot", actions: [{ type: "assign" }, { type: "raise" }] },
          },
          invoke: [{ src: "thermometer" }, { id: "own", src: "inline" }],
        },
        hot: { type: "final" },
      },
    })
  })

  it("takes states and events for what they are, whatever their names", () => {
    const config = {
      initial: "states",
      states: {
        states: { on: { on: "actions", exit: { target: "guard", actions: { type: "entry" } }, output: {} } },
        actions: { initial: "input", states: { input: {} }, onDone: "guard", after: { guard: "guard" } },
        guard: { type: "history", target: "states" },
      },
    } as const
    expect(toConfig(createMachine(config))).toEqual(config)
  })

  it("keeps it that a state forbids an event", () => {
    const machine = createMachine({ on: { go: undefined }, version: "2" })
    expect(toConfig(machine)).toEqual({ on: { go: {} }, version: "2" })
  })

  it("leaves out a context that is computed, and what leads back to itself", () => {
    const circle: { name: string; self?: unknown } = { name: "circle" }
    circle.self = circle
    expect(toConfig(createMachine({ context: () => ({ at: 1 }), meta: { circle } }))).toEqual({
      meta: { circle: { name: "circle" } },
    })
  })
})
