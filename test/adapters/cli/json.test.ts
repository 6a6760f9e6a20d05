import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { jsonSafe } from "../../../adapters/cli/json-safe.ts"
import { cli } from "./cli.ts"

describe("tasktor run --json", () => {
  test("prints the ordered stream and nothing else, the outcome of the task last", async () => {
    const { stdout, stderr, code } = await cli("run", "jobs.ts", "report", "x", "--json")
    expect(stderr).toBe("")
    expect(code).toBe(0)
    const facts = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(facts.map(({ name, type }) => `${String(name)} ${String(type)}`)).toEqual([
      "report submitted",
      "report state",
      "report report",
      "report event",
      "report log",
      "greet someone submitted",
      "greet someone state",
      "greet someone outcome",
      ...facts.slice(8, -1).map(() => "report report"),
      "report outcome",
    ])
    expect(facts[3]).toMatchObject({
      event: "found",
      data: {
        map: { type: "Map", entries: [[1, "2n"]] },
        bytes: { type: "Uint8Array", base64: "aGk=" },
        error: { name: "RangeError", message: "far" },
      },
    })
    expect(facts[4]).toMatchObject({ level: "warn", data: ["odd", "NaN"] })
    expect(facts.at(-1)).toMatchObject({ outcome: { status: "completed", output: { greeting: "hello child" } } })
  })

  test("loses nothing of what its reader has not read when it is over", async () => {
    const { stdout, code } = await cli("run", "jobs.ts", "loud", "--json")
    const facts = stdout.split("\n").filter(Boolean)
    expect(facts.filter((line) => line.includes('"type":"log"'))).toHaveLength(100)
    expect(JSON.parse(facts.at(-1) ?? "")).toMatchObject({ type: "outcome", outcome: { output: "y".repeat(200_000) } })
    expect(code).toBe(0)
  })

  test("a failure carries name, message, stack and cause", async () => {
    const { stdout, code } = await cli("run", "jobs.ts", "boom", "--json")
    const last = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as unknown
    expect(last).toMatchObject({
      type: "outcome",
      outcome: {
        status: "failed",
        failure: { type: "error", error: { name: "TypeError", message: "no\nway", cause: { message: "deep down" } } },
      },
    })
    expect(code).toBe(1)
  })
})

describe("jsonSafe", () => {
  const circular: Record<string, unknown> = { name: "me" }
  circular["self"] = circular
  const deep = Array.from({ length: 200 }).reduce<unknown>((inside) => [inside], "bottom")

  test.each<[string, unknown, unknown]>([
    ["plain data stays", { a: [1, "x", null, true] }, { a: [1, "x", null, true] }],
    ["a set", new Set([1]), { type: "Set", values: [1] }],
    ["an infinite number", [Number.NEGATIVE_INFINITY], ["-Infinity"]],
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["a date that is none", new Date(Number.NaN), "Invalid Date"],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    ["a function", { f: function named() {} }, { f: "[function named]" }],
    ["a buffer", new Uint16Array([1]).buffer, { type: "ArrayBuffer", base64: "AQA=" }],
    ["a cycle", circular, { name: "me", self: "[circular]" }],
    ["the same object twice is no cycle", [circular["name"], [deep === deep]], ["me", [true]]],
    ["a lone surrogate", "\uD800", "\uFFFD"],
    ["an address", new URL("http://a.test/"), "http://a.test/"],
    ["what has a JSON form of its own", { toJSON: () => ({ own: 1n }) }, { own: "1n" }],
    [
      "a getter that throws costs only itself",
      {
        a: 1,
        get b(): number {
          throw new Error("no")
        },
      },
      { a: 1, b: "[cannot be read: no]" },
    ],
    ["a key with a meaning", JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}')],
  ])("%s", (_title, value, expected) => {
    expect(JSON.parse(JSON.stringify(jsonSafe(value)))).toEqual(expected)
  })

  test("an error has its own properties too", () => {
    const error = Object.assign(new TypeError("m", { cause: "why" }), { code: "E1" })
    expect(jsonSafe(error)).toMatchObject({
      name: "TypeError",
      message: "m",
      cause: "why",
      code: "E1",
      stack: expect.any(String),
    })
  })

  test("depth is limited", () => {
    expect(JSON.stringify(jsonSafe(deep))).toContain("[nested too deeply]")
  })

  test("never throws, whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withMap: true, withSet: true, withDate: true, withTypedArray: true }),
        (value) => {
          expect(() => JSON.stringify(jsonSafe([value]))).not.toThrow()
        },
      ),
    )
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no")
        },
      },
    )
    expect(jsonSafe([hostile])).toEqual(["[cannot be read: no]"])
  })
})
