import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { elapsedText } from "../../../adapters/terminal/elapsed.ts"
import { paintLine, span } from "../../../adapters/terminal/line.ts"
import { cut, harmless, widthOf } from "../../../adapters/terminal/text.ts"
import { themeFor } from "../../../adapters/terminal/theme.ts"
import { plainTheme } from "./story.ts"

describe("harmless", () => {
  test.each([
    ["a newline is a space", "one\ntwo\r\nthree\tfour", "one two three four"],
    ["colours are removed", "\x1b[31mred\x1b[0m", "red"],
    ["a title sequence is removed", "\x1b]0;title\x07text", "text"],
    ["a lone escape becomes its picture", "a\x1b", "a␛"],
    ["a bell and a delete become their pictures", "a\x07b\x7f", "a␇b␡"],
    ["C1 controls are removed", "a\x9b31mb", "ab"],
    ["what turns the reading direction is removed", "a\u202Eb\u2066c", "abc"],
    ["a lone surrogate is replaced", "a\uD800b", "a\uFFFDb"],
    ["letters, wide ones and emoji stay", "é漢👨‍👩‍👧", "é漢👨‍👩‍👧"],
  ])("%s", (_title, given, expected) => {
    expect(harmless(given)).toBe(expected)
  })

  test("leaves nothing in any text that a terminal would obey", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        // oxlint-disable-next-line no-control-regex -- that there are none is the point
        expect(harmless(text)).not.toMatch(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/)
      }),
    )
  })

  test("does not look at more of a huge message than a terminal could show", () => {
    expect(harmless("é".repeat(5_000_000)).length).toBe(2000)
  })
})

describe("cut", () => {
  test.each([
    ["what fits stays whole", "hello", 5, "hello"],
    ["the last column is the ellipsis'", "hello", 4, "hel…"],
    ["one column is the ellipsis", "hello", 1, "…"],
    ["no room, no text", "hello", 0, ""],
    ["a wide character is not halved", "漢字漢字", 4, "漢…"],
    ["a family is one character", "👨‍👩‍👧👨‍👩‍👧", 3, "👨‍👩‍👧…"],
    ["a combining mark stays with its letter", "e\u0301e\u0301e\u0301", 2, "e\u0301…"],
    ["no space before the ellipsis", "ab cd", 4, "ab…"],
  ])("%s", (_title, given, width, expected) => {
    expect(cut(given, width, "…")).toBe(expected)
  })

  test("never takes more columns than it was given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 0, max: 40 }), (text, width) => {
        expect(widthOf(cut(harmless(text), width, "…"))).toBeLessThanOrEqual(width)
      }),
    )
  })
})

describe("paintLine", () => {
  test("cuts the text and not the colours", () => {
    const colourful = themeFor(true, {})
    expect(paintLine([span("ab", "bad"), span("cdef", "good")], 4, colourful)).toBe(
      "\x1b[31mab\x1b[39m\x1b[32mc…\x1b[39m",
    )
  })

  test.each([
    ["a terminal", true, {}, true],
    ["a pipe", false, {}, false],
    ["NO_COLOR on a terminal", true, { NO_COLOR: "1" }, false],
    ["an empty NO_COLOR on a terminal", true, { NO_COLOR: "" }, true],
    ["FORCE_COLOR in a pipe", false, { FORCE_COLOR: "1" }, true],
    ["FORCE_COLOR=0 on a terminal", true, { FORCE_COLOR: "0" }, false],
    ["both", true, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    ["a dumb terminal", true, { TERM: "dumb" }, false],
  ])("colours: %s", (_title, isTTY, env, coloured) => {
    expect(themeFor(isTTY, env).paint("bad", "x") !== "x").toBe(coloured)
  })

  test("a line without room is empty", () => {
    expect(paintLine([span("text")], 0, plainTheme)).toBe("")
  })
})

test.each([
  [0, "0.0s"],
  [449, "0.4s"],
  [59_940, "59.9s"],
  [59_960, "1m 00s"],
  [3_599_000, "59m 59s"],
  [3_600_000, "1h 00m"],
  [86_400_000, "1d 00h"],
  [-5, "0.0s"],
])("%d ms is told as %s", (ms, expected) => {
  expect(elapsedText(ms)).toBe(expected)
})
