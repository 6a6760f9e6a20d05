import { describe, expect, test } from "vitest"
import { defineTask } from "tasktor"
import {
  argumentListOf,
  argumentOf,
  concurrencyOf,
  countOf,
  durationOf,
  keyOf,
} from "../../../adapters/cli/arguments.ts"
import { findTask } from "../../../adapters/cli/find-task.ts"
import { printable } from "../../../adapters/cli/print-output.ts"
import { runOptionsOf, tellingOf } from "../../../adapters/cli/run-request.ts"
import { oneLine, UsageError } from "../../../adapters/cli/usage-error.ts"

describe("a word of the command line", () => {
  test.each([
    ["5", 5],
    ["-1.5e3", -1500],
    ["true", true],
    ["null", null],
    ['"5"', "5"],
    ['{ "a": [1] }', { a: [1] }],
    ["hello", "hello"],
    ["{oops", "{oops"],
    ["", ""],
    ["007", "007"],
  ])("%j is the argument %j", (word, argument) => {
    expect(argumentOf(word)).toEqual(argument)
  })

  test.each([
    ["500", 500],
    ["500ms", 500],
    ["10s", 10_000],
    ["1.5 m", 90_000],
    ["2h", 7_200_000],
    ["10 seconds", 10_000],
    ["0", 0],
  ])("%j is a duration of %d ms", (word, ms) => {
    expect(durationOf("--timeout")(word)).toBe(ms)
  })

  test.each(["", "s", "-1", "10 s s", "1e3", "ten"])("%j is no duration", (word) => {
    expect(() => durationOf("--timeout")(word)).toThrow(UsageError)
  })

  test("counts are whole and not negative", () => {
    expect(countOf("--retry")("3")).toBe(3)
    expect(() => countOf("--retry")("1.5")).toThrow(
      'Cannot read --retry: it must be a whole number, 0 or more, current value is "1.5"',
    )
  })

  test("slots add up over several options, the last one wins", () => {
    expect(concurrencyOf("process=1,thread=3", concurrencyOf("thread=2"))).toEqual({ thread: 3, process: 1 })
    for (const word of ["thread=0", "thread=x", "=2", "thread", ""])
      expect(() => concurrencyOf(word)).toThrow(UsageError)
  })

  test("keys and argument lists are JSON arrays where they are one", () => {
    expect(keyOf('["m", 7]')).toEqual(["m", 7])
    expect(keyOf("7")).toBe("7")
    expect(argumentListOf("[1]")).toEqual([1])
    expect(() => argumentListOf("{}")).toThrow("it must be a JSON array")
  })
})

describe("the task that is meant", () => {
  const one = defineTask({ name: "first task", run: (_ctx, n: number) => n })
  const two = defineTask({ name: "two", run: () => 2 })

  test("goes by its export's name, or by its own", () => {
    const module = { one, two, call: one(1), answer: 42, nothing: null, odd: { taskName: 7 } }
    expect(findTask(module, ["one", "x"], "m")).toEqual({
      runnable: { type: "definition", definition: one },
      args: ["x"],
    })
    expect(findTask(module, ["first task"], "m").runnable).toEqual({ type: "definition", definition: one })
    expect(findTask(module, ["call"], "m").runnable).toEqual({ type: "call", call: module.call })
  })

  test("is the only one, whatever the first word is; exported twice it is still one", () => {
    expect(findTask({ default: one, one }, ["5"], "m")).toEqual({
      runnable: { type: "definition", definition: one },
      args: ["5"],
    })
  })

  test("a name of one export wins over the same name of another task", () => {
    expect(findTask({ two: one, other: two }, ["two"], "m").runnable).toEqual({ type: "definition", definition: one })
  })

  test.each([
    ["there is none", {}, [], "Cannot run m: it exports no task"],
    [
      "it is not named",
      { one, two },
      [],
      'Cannot run m: it exports several tasks; name one of one ("first task"), two',
    ],
    [
      "the name is wrong",
      { one, two },
      ["three"],
      'Cannot run "three": m exports no task of that name; it exports one',
    ],
  ])("is an error of use when %s", (_title, module, words, message) => {
    expect(() => findTask(module, words, "m")).toThrow(message)
  })
})

describe("what stdout gets", () => {
  const circular: unknown[] = []
  circular.push(circular)

  test.each<[string, unknown, string]>([
    ["nothing", undefined, ""],
    ["a text", "hi", "hi\n"],
    ["a text that ends its line", "hi\n", "hi\n"],
    ["plain data", { a: [1, null], b: undefined }, '{\n  "a": [\n    1,\n    null\n  ]\n}\n'],
    ["a hole, which JSON lacks", [undefined], "[ undefined ]\n"],
    ["a number that JSON lacks", Number.NaN, "NaN\n"],
    ["a bigint", 5n, "5n\n"],
    [
      "a class",
      new (class Point {
        x = 1
      })(),
      "Point { x: 1 }\n",
    ],
    ["a cycle", circular, "<ref *1> [ [Circular *1] ]\n"],
  ])("%s", (_title, output, text) => {
    expect(printable(output, false)).toBe(text)
  })

  test("bytes go through a pipe as they are, and are described on a terminal", () => {
    const bytes = new Uint8Array([104, 105])
    expect(printable(bytes, false)).toBe(bytes)
    expect(printable(bytes, true)).toContain("Uint8Array(2)")
  })
})

test("flags become settings of the run, and nothing else does", () => {
  expect(runOptionsOf({ quiet: true })).toEqual({})
  expect(runOptionsOf({ executor: "thread", key: ["a", 1], timeout: 5, retry: 2 })).toEqual({
    executor: "thread",
    key: ["a", 1],
    timeout: { hard: 5 },
    retry: { maxAttempts: 3 },
  })
  expect([tellingOf({}), tellingOf({ quiet: true }), tellingOf({ quiet: true, json: true })]).toEqual([
    "view",
    "quiet",
    "json",
  ])
})

test("whatever was thrown is told in one line", () => {
  expect(oneLine(new RangeError("a\n  b\n"))).toBe("RangeError: a b")
  expect(oneLine("text")).toBe("text")
})
