import { chain, chord, chunks, defineTask, graph, group, map } from "tasktor"
import { expect, it } from "vitest"
import { setup } from "../../support/setup.ts"

const task = defineTask({ name: "task", run: (_ctx, n: number) => n })
const anything = (value: unknown): never => value as never

it.each<[title: string, make: () => unknown, refusal: typeof TypeError | typeof RangeError, named: readonly string[]]>([
  ["a chain of nothing", () => (chain as () => unknown)(), TypeError, ["no steps", "at least one"]],
  [
    "a chain that begins with a definition",
    () => chain(anything(task)),
    TypeError,
    ["first step", '"task"', "apply it"],
  ],
  ["a chain with a number in it", () => chain(task(1), anything(5)), TypeError, ["step 2", "5", "defineTask"]],
  [
    "a chain with a function in it",
    () =>
      chain(
        task(1),
        anything(() => 1),
      ),
    TypeError,
    ["step 2", "Function"],
  ],
  ["a group that is no array", () => group(anything("calls")), TypeError, ["calls", '"calls"', "array"]],
  ["a group of definitions", () => group([task(1), anything(task)]), TypeError, ["call 2", '"task"', "apply it"]],
  ["a group with a hole", () => group([anything(undefined)]), TypeError, ["call 1", "undefined"]],
  ["a group without room", () => group([task(1)], { concurrency: 0 }), RangeError, ["concurrency", "0", "1 or more"]],
  [
    "a group in no mode",
    () => group([task(1)], { mode: anything("first") }),
    RangeError,
    ["mode", '"first"', "settled"],
  ],
  ["a group whose options are a number", () => group([task(1)], anything(3)), TypeError, ["options", "3", "object"]],
  ["a chord without a body", () => chord([task(1)], anything(undefined)), TypeError, ["chord", "body", "undefined"]],
  ["a chord without a header", () => chord(anything(task), task(1)), TypeError, ["chord", "array"]],
  ["a map of a call", () => map(anything(task(1)), [1]), TypeError, ["map", "definition", "items"]],
  ["a map over a text", () => map(task, anything("abc")), TypeError, ["items", '"abc"', "array"]],
  ["a map with half a task at once", () => map(task, [1], { concurrency: 0.5 }), RangeError, ["concurrency", "0.5"]],
  ["a graph of a list", () => graph(anything([task(1)])), TypeError, ["graph", "steps", "object"]],
  [
    "a graph with a definition alone",
    () => graph({ a: anything(task) }),
    TypeError,
    ['step "a"', '"task"', "apply it"],
  ],
  ["a graph with a number in it", () => graph({ a: anything(5) }), TypeError, ['step "a"', "5", "defineTask"]],
  [
    "a graph whose step runs nothing",
    () => graph({ a: task(1), b: anything({ after: "a", run: 5 }) }),
    TypeError,
    ['step "b"', '"run"', "5"],
  ],
  [
    "a graph with an unknown name",
    () => graph({ a: task(1), c: task(2), b: anything({ after: ["a", "x"], run: task }) }),
    RangeError,
    ['step "b" comes after "x"', "none of its steps: a, c"],
  ],
  [
    "a graph with a name that every object has",
    () => graph({ a: task(1), b: anything({ after: "toString", run: task }) }),
    RangeError,
    ['"toString"'],
  ],
  [
    "a graph whose step waits for a number",
    () => graph({ b: anything({ after: 5, run: task }) }),
    TypeError,
    ['"after"', "5", "array of names"],
  ],
  ["a graph whose step has no name", () => graph({ "": task(1) }), TypeError, ["no name"]],
  [
    "a graph whose step waits for itself",
    () => graph({ a: anything({ after: ["a"], run: task }) }),
    RangeError,
    ["a → a"],
  ],
  [
    "a graph that goes in a circle",
    () =>
      graph({
        start: task(1),
        c: anything({ after: ["b"], run: task }),
        a: anything({ after: ["start", "c"], run: task }),
        b: anything({ after: ["start", "a"], run: task }),
      }),
    RangeError,
    ["wait for one another, c → a → b → c;"],
  ],
  ["a graph without room", () => graph({}, { concurrency: 0 }), RangeError, ["graph", "concurrency", "0"]],
  ["chunks of nothing", () => chunks(task, [1], 0), RangeError, ["chunks", "size", "0", "1 or more"]],
  ["chunks of no number", () => chunks(task, [1], Number.NaN), RangeError, ["chunks", "size", "NaN"]],
])("%s is refused at the call", (_title, make, refusal, named) => {
  expect(make).toThrow(refusal)
  for (const part of named) expect(make).toThrow(part)
})

it("a pipeline is refused on another executor, and another task on the pipelines'", () => {
  const { supervisor } = setup()
  const pipeline = chain(task(1))
  for (const executor of ["coroutine", "thread"]) {
    expect(() => supervisor.run(pipeline, { executor })).toThrow(/"chain" on executor .*steps/)
    expect(() => supervisor.run(pipeline.with({ executor }))).toThrow(TypeError)
  }
  expect(() => supervisor.run(task(1), { executor: "pipeline" })).toThrow(/"task".*"coroutine"/)
  expect(() => supervisor.run(task.with({ executor: "pipeline" })(1))).toThrow(TypeError)
})

it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, "much"])("a weight of %s is refused", (weight) => {
  const { supervisor } = setup()
  expect(() => task.with({ weight: anything(weight) })).toThrow(/"weight" must be 0 or more/)
  expect(() => supervisor.run(chain(task(1)).with({ weight: anything(weight) }))).toThrow(RangeError)
})
