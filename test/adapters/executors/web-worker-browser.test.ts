/** What only browsers do. The bodies and what the pages do with them are in test/fixtures/browser. */
import { createSupervisor } from "tasktor"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openPages, type Pages } from "../../fixtures/browser/open-pages.ts"
import { recordOf } from "../../fixtures/browser/record.ts"
import { hasChromium } from "../../support/chromium.ts"

describe.runIf(hasChromium)("in Chromium", () => {
  let pages: Pages
  beforeAll(async () => void (pages = await openPages()))
  afterAll(() => pages.close())
  const inPage = (kind: "isolated" | "plain", name: string, ...args: readonly unknown[]): Promise<unknown> =>
    pages[kind].call("cases.ts", name, ...args)

  it("one page is isolated, the other is not", async () => {
    expect(await pages.isolated.page.evaluate("crossOriginIsolated")).toBe(true)
    expect(await pages.plain.page.evaluate("crossOriginIsolated")).toBe(false)
  })

  describe.each(["isolated", "plain"] as const)("a web worker of a page that is %s", (kind) => {
    it("has the record of a thread of Node's, and of a coroutine", async () => {
      const thread = await recordOf(createSupervisor(), "thread")
      expect(thread).toHaveLength(8)
      expect(await inPage(kind, "record", "web-worker")).toEqual(thread)
      expect(await inPage(kind, "record", "thread")).toEqual(thread)
      expect(await inPage(kind, "record", "coroutine")).toEqual(thread)
    })

    it("is a thread by another name", async () => {
      expect(await inPage(kind, "bothNames")).toEqual({
        outputs: [1, 2, 3],
        executors: ["thread", "thread", "web-worker"],
        started: 1,
      })
      expect(await inPage(kind, "ownWorkers")).toBe(3)
    })

    it("is given what is transferred, and not a copy", async () => {
      expect(await inPage(kind, "transfers")).toEqual({ left: 0, came: 1_000_000, value: 7 })
    })

    it("is seen moving in a loop that never yields, and is terminated when the loop hears nothing", async () => {
      const { seen, ...ended } = (await inPage(kind, "deafLoop")) as { readonly seen: readonly number[] }
      expect(ended).toEqual({ receipt: "terminated", status: "cancelled", next: 1 })
      expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    })

    it("does not lose the last of its reports", async () => {
      expect(await inPage(kind, "lastReport")).toBe("cancelled")
    })

    it("that is closed by its body fails that task, and no other", async () => {
      expect(await inPage(kind, "closing")).toEqual({
        outcome: {
          status: "failed",
          failure: { type: "crash", exitCode: 0 },
          attempts: [{ type: "crash", exitCode: 0 }],
        },
        said: ["before"],
        right: true,
      })
      expect(await inPage(kind, "closingOnce")).toBe(2)
    })

    it("that hangs while it imports a module lets its task go", async () => {
      expect(await inPage(kind, "hanging")).toEqual({ receipt: "cancelled", began: false })
    })

    it("that has just been started can be ended", async () => {
      const workers = { starting: 0, idle: 0, busy: 0, lending: 0, passing: 0, stopping: 0 }
      expect(await inPage(kind, "quick")).toEqual({ status: "cancelled", workers })
    })
  })

  it("a terminated loop has stopped when its end is told", async () => {
    const [told, later] = (await inPage("isolated", "stopped")) as readonly number[]
    expect(told).toBeGreaterThan(0)
    expect(later).toBe(told)
  })

  it("a worker whose script cannot be had fails its tasks with the reason, and is not started for ever", async () => {
    const { page } = pages.plain
    await page.route("**/web-worker/entry.*", (route) => route.abort())
    const outcome = await inPage("plain", "unstartable")
    await page.unroute("**/web-worker/entry.*")
    expect(outcome).toMatchObject({ failure: { type: "setup", error: { message: /could not be loaded/ } } })
  })

  it("says what a browser has not got", async () => {
    expect(await inPage("plain", "refusals")).toEqual([
      expect.stringContaining('"process": there are coroutine, web-worker, thread'),
      expect.stringContaining('"recycle.memory" must be left out, current value is "1 GB"'),
      expect.stringContaining('"concurrency" must be a whole number, 1 or more, current value is 0'),
      expect.stringContaining('"setup" must be an absolute URL, current value is "./setup.js"'),
    ])
  })

  it("a page without locks has to believe that a terminated worker is gone", async () => {
    const { page } = pages.plain
    await page.addInitScript("Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })")
    await page.reload()
    expect(await inPage("plain", "record", "thread")).toEqual(await recordOf(createSupervisor(), "thread"))
    expect(await inPage("plain", "deafLoop")).toMatchObject({ receipt: "terminated", next: 1 })
    expect(await inPage("plain", "closingOnce")).toBe(2)
    expect(await inPage("plain", "quick")).toMatchObject({ status: "cancelled" })
  })
})
