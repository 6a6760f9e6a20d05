import { afterAll, describe, expect, it } from "vitest"
import type { Result } from "../../fixtures/browser/vitest.ts"
import { hasChromium } from "../../support/chromium.ts"
import { openPages } from "../../fixtures/browser/open-pages.ts"

/** What no browser can do, by a part of the test's name. */
const noBrowser = {
  "of exit(9)": "a web worker has no exit code; close() is tested beside",
  "fails one task only": "as above",
  "ended two workers, of an exit": "as above",
  "is one attempt for the retry policy": "as above",
  "for want of memory": "a worker's memory has no limit of its own: the page dies with it",
  "above so much memory": "no browser tells how much a worker uses",
}
const notIsolated = {
  "sees its abort in a loop that never yields": "without shared memory nobody can tell it",
}

// The suites run while tests are collected: each of their tests is one here.
const pages = hasChromium ? await openPages() : undefined
afterAll(() => pages?.close())

describe.runIf(hasChromium)("in Chromium", () => {
  describe("the web-worker executor of a page that is cross-origin isolated", async () => {
    report(await results("isolated", "webWorkers", noBrowser))
  })

  describe("the web-worker executor of a page that is not", async () => {
    report(await results("plain", "webWorkers", { ...noBrowser, ...notIsolated }))
  })

  describe("the coroutine executor", async () => {
    report(await results("plain", "coroutines"))
  })
})

async function results(
  page: "isolated" | "plain",
  suites: string,
  skip: Readonly<Record<string, string>> = {},
): Promise<readonly Result[]> {
  return (await pages?.[page].call("conformance.ts", suites, skip)) as readonly Result[]
}

function report(all: readonly Result[]): void {
  it("has been collected", () => {
    expect(all.length).toBeGreaterThan(15)
  })
  it.for(all)("$name", ({ error, skipped }, { skip }) => {
    skip(skipped !== undefined, skipped)
    expect({ error }).toEqual({ error: undefined })
  })
}
