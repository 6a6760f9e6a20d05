/** The app as its users have it: built by Vite, in Chromium, with real files. */
import { createHash, randomBytes } from "node:crypto"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Browser, Page } from "playwright-core"
import { build, preview, type PreviewServer } from "vite"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { hasChromium, launchChromium } from "../support/chromium.ts"
import { accessibleTree } from "../support/accessible-tree.ts"

const root = fileURLToPath(new URL("../../examples/react-app", import.meta.url))

describe.runIf(hasChromium)("the React app", () => {
  let browser: Browser
  let server: PreviewServer
  const outDir = mkdtempSync(join(tmpdir(), "tasktor-react-app-"))
  beforeAll(async () => {
    await build({ root, logLevel: "error", build: { outDir, emptyOutDir: true } })
    server = await preview({ root, build: { outDir }, preview: { port: 0 } })
    browser = await launchChromium()
  }, 120_000)
  afterAll(async () => {
    await browser.close()
    await server.close()
    rmSync(outDir, { recursive: true })
  })

  it("hashes every file of a folder, and finds the twins", async () => {
    const { folder, sums } = smallFolder()
    const page = await openPage()
    await page.locator("input[type=file]").setInputFiles(folder)
    await page.getByText("All files are read.").waitFor()
    expect(await savedSums(page)).toEqual(sums)
    expect(await figures(page)).toMatchObject({ files: "8", "sets of twins": "2", "could be saved": "3 MB" })
    expect(await page.locator(".twins > ol > li").evaluateAll(textsOfPaths)).toEqual([
      [`${basename(folder)}/a/film.bin`, `${basename(folder)}/b/film.bin`],
      [`${basename(folder)}/a/note.txt`, `${basename(folder)}/b/deep/note.txt`, `${basename(folder)}/copy.txt`],
    ])
  })

  it("takes a folder of the File System API, where the browser has it", async () => {
    const page = await openPage()
    await page.evaluate(async () => {
      const home = await navigator.storage.getDirectory()
      const folder = await home.getDirectoryHandle("chosen", { create: true })
      const inner = await folder.getDirectoryHandle("inner", { create: true })
      for (const [where, name] of [
        [folder, "one.txt"],
        [inner, "two.txt"],
      ] as const) {
        const file = await (await where.getFileHandle(name, { create: true })).createWritable()
        await file.write("twin")
        await file.close()
      }
      Object.assign(globalThis, { showDirectoryPicker: () => Promise.resolve(folder) })
    })
    await page.getByRole("button", { name: "Choose a folder…" }).press("Enter")
    await page.getByText("All files are read.").waitFor()
    const sha256 = createHash("sha256").update("twin").digest("hex")
    expect(await savedSums(page)).toEqual([`${sha256}  chosen/inner/two.txt`, `${sha256}  chosen/one.txt`])
  })

  it("takes a folder that is dropped", async () => {
    const { folder, sums } = smallFolder()
    const page = await openPage()
    await drop(page, folder)
    await page.getByText("All files are read.").waitFor()
    expect(await savedSums(page)).toEqual(sums)
  })

  it("takes a file that is dropped, and called as what it is not", async () => {
    const { folder } = smallFolder()
    writeFileSync(join(folder, "folder"), "a file")
    const page = await openPage()
    await drop(page, join(folder, "folder"))
    await page.getByText(/All files are read|Done, but/).waitFor()
    expect(await savedSums(page)).toEqual([`${createHash("sha256").update("a file").digest("hex")}  folder`])
  })

  it("tells of a file that cannot be read, reads the others, and looks again", async () => {
    const { folder, sums } = smallFolder()
    const page = await openPage()
    await page.locator("input[type=file]").setInputFiles(folder)
    await page.getByText("All files are read.").waitFor()
    writeFileSync(join(folder, "a/film.bin"), "another film altogether")
    await page.getByRole("button", { name: "Look again" }).click()
    await page.getByText("Done, but for 1 file.").waitFor()
    const missed = page.getByRole("region", { name: "Not read" })
    expect(await missed.locator(".path").allTextContents()).toEqual([`${basename(folder)}/a/film.bin`])
    expect(await missed.locator(".reason").textContent()).toMatch(/^NotReadableError: /)
    expect(await savedSums(page)).toEqual(sums.filter((line) => !line.endsWith("/a/film.bin")))
  })

  it("skips a file in the middle of it, by the keyboard, and goes on with the others", async () => {
    const { folder, sums } = smallFolder()
    addHuge(folder, "huge.bin")
    const page = await openPage()
    await page.locator("input[type=file]").setInputFiles(folder)
    const path = `${basename(folder)}/huge.bin`
    const skip = page.getByRole("button", { name: `Skip ${path}` })
    await skip.waitFor()
    const inHand = await accessibleTree(page, "Files in hand")
    expect(inHand[0]).toBe(`list "Files in hand"`)
    const bar = inHand.findIndex((line) => line.startsWith(`progressbar "${path}" `))
    expect(inHand.slice(bar, bar + 2)).toEqual([expect.stringMatching(/ \d+ of 0\.\.100$/), `button "Skip ${path}"`])
    await skip.press("Enter")
    await page.getByText("Done, but for 1 file.").waitFor()
    const missed = page.getByRole("region", { name: "Not read" })
    expect(await missed.getByRole("listitem").innerText()).toBe(`${path}\nyou skipped it`)
    expect(await savedSums(page)).toEqual(sums)
  })

  it("stops all of it in the middle, and keeps what is known", async () => {
    const { folder } = smallFolder()
    for (const name of ["huge-1.bin", "huge-2.bin", "huge-3.bin"]) addHuge(folder, name)
    const page = await openPage()
    await page.locator("input[type=file]").setInputFiles(folder)
    await page
      .getByRole("button", { name: /^Skip .*huge/ })
      .first()
      .waitFor()
    await page.getByRole("button", { name: "Stop all of it" }).press("Space")
    await page.getByText("Stopped: requested. This is what is known so far.").waitFor()
    expect(Number((await figures(page))["of 11 files"])).toBeLessThanOrEqual(8)
    expect(
      await page.getByRole("progressbar", { name: "Progress of the folder" }).getAttribute("aria-valuetext"),
    ).toMatch(/^\d+ %, cancelled: requested$/)
    await page.getByRole("button", { name: "Look again" }).waitFor()
    expect(await page.getByRole("button", { name: /^Skip/ }).count()).toBe(0)
  })

  async function openPage(): Promise<Page> {
    const page = await browser.newPage()
    const problems: string[] = []
    page.on("pageerror", (error) => problems.push(String(error)))
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") problems.push(message.text())
    })
    onTestFinished(async () => {
      await page.close()
      expect(problems).toEqual([])
    })
    await page.goto(server.resolvedUrls?.local[0] ?? "")
    return page
  }
})

/** A folder with twins in it, and what `sha256sum` says of its files. */
function smallFolder(): { readonly folder: string; readonly sums: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), "tasktor-folder-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const film = randomBytes(3_000_000)
  const files: Readonly<Record<string, string | Uint8Array>> = {
    "a/film.bin": film,
    "a/note.txt": "remember the milk",
    "b/film.bin": film,
    "b/deep/note.txt": "remember the milk",
    "copy.txt": "remember the milk",
    "empty.txt": "",
    "empty too.txt": "",
    "ünïcode 文.txt": randomBytes(70_000),
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  const sums = Object.entries(files).map(
    ([path, content]) => `${createHash("sha256").update(content).digest("hex")}  ${basename(folder)}/${path}`,
  )
  return { folder, sums: sums.toSorted() }
}

/** Sparse: it takes no place and no time to write, and long to hash. */
function addHuge(folder: string, name: string): void {
  writeFileSync(join(folder, name), "")
  truncateSync(join(folder, name), 20_000_000_000)
}

async function drop(page: Page, path: string): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await cdp.send("Input.dispatchDragEvent", { type, x: 400, y: 300, data })
  }
}

async function savedSums(page: Page): Promise<readonly string[]> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save SHA256SUMS" }).click(),
  ])
  expect(download.suggestedFilename()).toBe("SHA256SUMS")
  return readFileSync(await download.path(), "utf8")
    .trimEnd()
    .split("\n")
}

/** The numbers of the overview by their terms. */
function figures(page: Page): Promise<Record<string, string>> {
  return page
    .locator("dl > div")
    .evaluateAll((all) =>
      Object.fromEntries(
        all.map((one) => [one.querySelector("dt")?.textContent, one.querySelector("dd")?.textContent]),
      ),
    )
}

function textsOfPaths(sets: readonly Element[]): string[][] {
  return sets.map((set) => [...set.querySelectorAll(".path")].map(({ textContent }) => textContent))
}
