import { supervisorMachine, taskMachine, toMermaid } from "tasktor/machines"
import { describe, expect, it } from "vitest"
import { and, createMachine, fromPromise, not, or, setup, stateIn } from "xstate"

type Config = Parameters<typeof createMachine>[0]

/** The lines of a machine's diagram after its heading, without the spaces before them. */
function linesOf(config: Config): readonly string[] {
  const [heading, ...lines] = toMermaid(createMachine(config)).trimEnd().split("\n")
  expect(heading).toBe("stateDiagram-v2")
  return lines.map((line) => line.trim())
}

/** The arrows alone, but for those that begin and end it. */
const arrowsOf = (config: Config): readonly string[] =>
  linesOf(config).filter((line) => line.includes("-->") && !line.includes("[*]"))

describe("a machine as Mermaid", () => {
  it("has its states, where it begins and ends, and its events", () => {
    expect(toMermaid(supervisorMachine)).toBe(
      `stateDiagram-v2
  [*] --> open
  open
  draining
  stopping
  stopped
  stopped --> [*]
  open --> draining : drain
  open --> stopping : stop
  draining --> stopping : stop
  stopping --> stopped : stopped
`,
    )
  })

  it("nests, and puts all arrows after the states, because Mermaid puts a state where it is named first", () => {
    const lines = toMermaid(taskMachine).split("\n")
    expect(lines).toContain("    [*] --> executing")
    const firstArrow = lines.findIndex((line) => line.includes("-->") && !line.includes("[*]"))
    expect(lines.slice(firstArrow).join("\n")).not.toMatch(/[{}]|\[\*\]/)
  })

  it("draws one arrow from one state to another, with all that leads there", () => {
    expect(toMermaid(taskMachine)).toContain("  cancelling --> cancelled : complete, fail, stop\n")
    expect(toMermaid(taskMachine)).toContain("  running --> running : report, emit, log\n")
  })

  it("has regions side by side, and histories", () => {
    const lines = linesOf({
      initial: "both",
      states: {
        both: {
          type: "parallel",
          states: {
            left: {
              initial: "a",
              states: { a: {}, was: { type: "history" }, deeply: { type: "history", history: "deep" } },
            },
            right: {},
          },
        },
      },
    })
    expect(lines).toEqual([
      "[*] --> both",
      "state both {",
      "state left {",
      "[*] --> a",
      "a",
      'state "was (H)" as was',
      'state "deeply (H#42;)" as deeply',
      "}",
      "--",
      "right",
      "}",
    ])
  })

  it.each<[string, Config, readonly string[]]>([
    [
      "a guard by its name",
      { on: { go: { guard: "isReady", target: ".b" } } },
      ["a --> b : go [isReady]", "b --> b : go [isReady]"],
    ],
    [
      "nothing but a guard",
      { states: { a: { always: { guard: { type: "isReady" }, target: "b" } } } },
      ["a --> b : [isReady]"],
    ],
    ["nothing at all", { states: { a: { always: "b" } } }, ["a --> b"]],
    [
      "a guard that has no name",
      { states: { a: { on: { go: { guard: () => true, target: "b" } } } } },
      ["a --> b : go [inline]"],
    ],
    [
      "a guard that is made of others",
      { states: { a: { on: { go: { guard: or([not("x"), and(["y", or(["z", stateIn("a")])])]), target: "b" } } } } },
      ["a --> b : go [not x or (y and (z or in #34;a#34;))]"],
    ],
    ["a delay", { states: { a: { after: { 1000: "b" } } } }, ["a --> b : after 1000 ms"]],
    ["a delay with a name", { states: { a: { after: { soon: "b" } } } }, ["a --> b : after soon"]],
    ["any other event", { states: { a: { on: { "*": "b" } } } }, ["a --> b : any other event"]],
    [
      "the end of a state's own machine",
      { states: { a: { onDone: "b", initial: "x", states: { x: { type: "final" } } } } },
      ["a --> b : done"],
    ],
    [
      "what an actor does",
      { states: { a: { invoke: { src: "resize", onDone: "b", onError: "b", onSnapshot: { actions: "note" } } } } },
      ["a --> b : done of resize, error of resize", "a --> a : snapshot of resize"],
    ],
    [
      "an actor that has only an id, or not even that",
      {
        states: {
          a: {
            invoke: [
              { id: "it", src: fromPromise(() => Promise.resolve()), onDone: "b" },
              { src: fromPromise(() => Promise.resolve()), onError: "b" },
            ],
          },
        },
      },
      ["a --> b : done of it, error of actor"],
    ],
  ])("names %s", (_title, config, arrows) => {
    const states = { a: {}, b: {}, ...config.states }
    expect(arrowsOf({ ...config, initial: "a", states })).toEqual(arrows)
  })

  it("draws no arrow between a state and one that contains it: Mermaid cannot", () => {
    expect(
      arrowsOf({
        id: "m",
        initial: "out",
        on: { reset: ".out", note: { actions: "note" } },
        states: {
          out: {},
          box: {
            initial: "a",
            on: { again: ".a" },
            states: { a: { on: { up: "#m.box" } }, b: { on: { up: "#m.box" } }, end: { type: "final" } },
          },
          end: { type: "final" },
        },
      }),
    ).toEqual([
      "out --> out : reset, note",
      "box --> out : reset",
      "box --> box : note",
      "a --> a : again, up",
      "b --> a : again, up",
    ])
  })

  it("draws an arrow of all regions once, from the one that it changes", () => {
    const side = { initial: "a", states: { a: {}, b: {} } }
    expect(
      arrowsOf({
        type: "parallel",
        states: { left: side, right: side, alone: {} },
        on: { go: ".left.b", call: { actions: "x" } },
      }),
    ).toEqual([
      "a --> b : go",
      "b --> b : go",
      "left --> left : call",
      "right --> right : call",
      "alone --> alone : call",
    ])
  })

  it("gives states of the same name, of none that Mermaid takes, or of a word of its own, another one inside", () => {
    const lines = linesOf({
      initial: "end",
      states: {
        end: { on: { "a;b": "1 step" } },
        "1 step": { initial: "end", states: { end: {}, 'say "hi" {a} --> <b> #1; _x_ a_b': {} } },
        state: {},
        a_b: {},
        "a b": {},
        "a+b": {},
      },
    })
    expect(lines).toEqual([
      "[*] --> s_end",
      'state "end" as s_end',
      'state "1 step" as s_1_step {',
      "[*] --> s_1_step_end",
      'state "end" as s_1_step_end',
      'state "say #34;hi#34; #123;a#125; --#62; #60;b#62; #35;1#59; #95;x#95; a_b" as say_hi_a_b_1__x__a_b',
      "}",
      'state "state" as s_state',
      "a_b",
      'state "a b" as s_a_b',
      'state "a+b" as s_a_b_',
      "s_end --> s_1_step : a#59;b",
    ])
  })

  it("takes any machine of the user's", () => {
    const machine = setup({ actors: { work: fromPromise(() => Promise.resolve(1)) } }).createMachine({
      invoke: { src: "work" },
    })
    expect(toMermaid(machine)).toBe("stateDiagram-v2\n")
  })

  it("says at an arrow what the transition's meta says, and leaves out what it does not want drawn", () => {
    const on = {
      "next.1": { target: "b", meta: { label: "goes on" } },
      silently: { target: "b", meta: { label: "" } },
      inside: { target: "b", meta: { label: false } },
      plain: { target: "b", meta: { label: 5 } },
    }
    expect(arrowsOf({ initial: "a", states: { a: { on }, b: {} } })).toEqual(["a --> b : goes on, plain"])
    expect(arrowsOf({ initial: "a", states: { a: { on: { x: { meta: { label: false } } } } } })).toEqual([])
  })

  it("draws the regions of a graph as what comes after what", () => {
    const step = (...after: readonly string[]) => ({
      meta: { after },
      initial: "waiting",
      states: {
        waiting: { on: { begin: "running" } },
        running: { initial: "x", states: { x: { on: { go: "y" } }, y: {} } },
      },
    })
    const alone = { meta: { after: ["a", "nobody"] } }
    const graph = { type: "parallel", states: { a: step(), b: step("a"), c: alone } } as const
    expect(linesOf({ initial: "graph", states: { graph: { ...graph, on: { end: "over" } }, over: {} } })).toEqual([
      "[*] --> graph",
      "state graph {",
      "[*] --> a",
      "state a {",
      "[*] --> x",
      "x",
      "y",
      "}",
      "state b {",
      "[*] --> s_graph_b_running_x",
      'state "x" as s_graph_b_running_x',
      'state "y" as s_graph_b_running_y',
      "}",
      "c",
      "b --> [*]",
      "c --> [*]",
      "}",
      "over",
      "graph --> over : end",
      "a --> b",
      "a --> c",
      "x --> y : go",
      "s_graph_b_running_x --> s_graph_b_running_y : go",
    ])
  })

  it("draws regions of which only some are steps of a graph as regions", () => {
    const states = { a: { meta: { after: [] } }, b: {} }
    expect(linesOf({ type: "parallel", states })).toEqual(["a", "--", "b"])
  })
})
