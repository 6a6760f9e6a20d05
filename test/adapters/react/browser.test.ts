/** The components in Chromium: what it tells screen readers, what a keyboard reaches, and what is in sight. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Browser, Page } from "playwright-core"
import { build, preview, type PreviewServer } from "vite"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { accessibleTree } from "../../support/accessible-tree.ts"
import { hasChromium, launchChromium } from "../../support/chromium.ts"

const root = fileURLToPath(new URL("../../fixtures/browser/react", import.meta.url))

describe.runIf(hasChromium)("in Chromium", () => {
  let browser: Browser
  let server: PreviewServer
  const outDir = mkdtempSync(join(tmpdir(), "tasktor-react-"))
  beforeAll(async () => {
    await build({ root, configFile: false, logLevel: "error", build: { outDir, emptyOutDir: true } })
    server = await preview({ root, configFile: false, build: { outDir }, preview: { port: 0 } })
    browser = await launchChromium()
  }, 120_000)
  afterAll(async () => {
    await browser.close()
    await server.close()
    rmSync(outDir, { recursive: true })
  })

  it("a list is a list of named bars with values, and of named buttons", async () => {
    const page = await open(2)
    await page.evaluate('report(0.375, "three of eight")')
    await page.getByText("three of eight").last().waitFor()
    expect(await accessibleTree(page, "Tasks")).toEqual([
      'list "Tasks"',
      'progressbar "task 0" 37 of 0..100',
      'button "Cancel task 0"',
      'progressbar "task 1" 37 of 0..100',
      'button "Cancel task 1"',
    ])
    expect(await page.getByRole("status").textContent()).toBe("2 running")
    expect(await page.getByRole("progressbar", { name: "All tasks" }).getAttribute("aria-valuenow")).toBe("37")
  })

  it("a keyboard goes from button to button, cancels, and is not thrown back to the top of the page", async () => {
    const page = await open(3)
    const focused = (): Promise<string | null | undefined> =>
      page.evaluate(() => document.activeElement?.getAttribute("aria-label"))
    await page.keyboard.press("Tab")
    expect(await focused()).toBe("Cancel task 0")
    await page.keyboard.press("Tab")
    expect(await focused()).toBe("Cancel task 1")
    await page.keyboard.press("Enter")
    await page.getByRole("button", { name: "Cancel task 1" }).waitFor({ state: "detached" })
    expect(await focused()).toBe("Tasks")
    await page.keyboard.press("Tab")
    expect(await focused()).toBe("Cancel task 0")
  })

  it("of 1,000 rows those render that are in sight, and the others when they come near", async () => {
    const page = await open(1000)
    const late = page.locator("li").last()
    // What is where, the browser has told by then.
    await page.evaluate(
      "new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(told))))",
    )
    await page.evaluate('report(0.5, "half")')
    await page.locator("li").first().getByText("half").waitFor()
    expect(await page.getByText("half").count()).toBeLessThan(100)
    expect(await late.innerText()).toContain("running")
    await late.scrollIntoViewIfNeeded()
    await late.getByText("half").waitFor()
    expect(await late.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("50")
  })

  async function open(tasks: number): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 800, height: 600 } })
    onTestFinished(() => page.close())
    await page.goto(`${server.resolvedUrls?.local[0] ?? ""}?tasks=${tasks}`)
    await page
      .locator("li[data-phase=executing]")
      .nth(tasks - 1)
      .waitFor({ state: "attached" })
    return page
  }
})
