/** The built package in pages that Vite has built, as docs/browser.md says. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Browser } from "playwright-core"
import { build, createLogger, mergeConfig, preview, type UserConfig } from "vite"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { hasChromium, launchChromium } from "../../support/chromium.ts"

const root = fileURLToPath(new URL("../../fixtures/browser/app", import.meta.url))
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }

/** A machine may be slow. */
const harmless = /_TIMINGS/

const told = {
  sum: { total: 500500, isInPage: false },
  parent: { parent: false, child: false },
  effect: false,
  error: [true, "QuotaError", "too much", 7],
  cancelled: "cancelled",
}

describe.runIf(hasChromium)("in Chromium, built by Vite", () => {
  let browser: Browser
  beforeAll(async () => void (browser = await launchChromium()))
  afterAll(() => browser.close())

  it.each([
    { isIsolated: true, headers: isolation },
    { isIsolated: false, headers: {} },
  ])("the tasks' modules are the workers' set-up: isolated is $isIsolated", async ({ isIsolated, headers }) => {
    const { origin, warnings } = await serveBuild("prepared.html", headers, {})
    expect(warnings).toEqual([])
    expect(await toldBy(`${origin}/prepared.html`)).toEqual({ ...told, isIsolated })
  })

  it("a chunk of the tasks' modules alone needs no set-up", async () => {
    const groups = [
      { name: "packages", test: /\/(?:dist|node_modules)\// },
      { name: "tasks", test: /\/tasks\.ts$/ },
    ]
    const ownChunk: UserConfig = { build: { rolldownOptions: { output: { codeSplitting: { groups } } } } }
    const { origin, warnings } = await serveBuild("apart.html", isolation, ownChunk)
    expect(warnings).toEqual([])
    expect(await toldBy(`${origin}/apart.html`)).toEqual({ ...told, isIsolated: true })
  })

  async function toldBy(url: string): Promise<unknown> {
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    await page.goto(url)
    await page.waitForFunction("globalThis.told")
    return page.evaluate("globalThis.told")
  }
})

/** Builds one of the app's pages, and serves what was built. */
async function serveBuild(
  page: string,
  headers: Readonly<Record<string, string>>,
  config: UserConfig,
): Promise<{ readonly origin: string; readonly warnings: readonly string[] }> {
  const outDir = mkdtempSync(join(tmpdir(), "tasktor-bundle-"))
  const warnings: string[] = []
  const warn = (message: string): void => {
    if (!harmless.test(message)) warnings.push(message)
  }
  const customLogger = { ...createLogger("warn"), warn, warnOnce: warn }
  const out: UserConfig["build"] = { outDir, emptyOutDir: true, rolldownOptions: { input: join(root, page) } }
  await build(mergeConfig(config, { root, configFile: false, logLevel: "warn", customLogger, build: out }))
  const server = await preview({ root, configFile: false, build: { outDir }, preview: { port: 0, headers } })
  onTestFinished(async () => {
    await server.close()
    rmSync(outDir, { recursive: true })
  })
  return { origin: new URL(server.resolvedUrls?.local[0] ?? "").origin, warnings }
}
