/** The page in a real browser, on real runs. */
import { readFileSync } from "node:fs"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { fileURLToPath } from "node:url"
import { createInspectorServer } from "@statelyai/inspect/server"
import { createWebSocketInspector } from "@statelyai/inspect"
import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { chain, createSupervisor, defineTask, graph, map, type Supervisor } from "tasktor"
import { type Inspector, type InspectorOptions, serveInspector } from "tasktor/inspector"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { createActor, createMachine } from "xstate"
import { hasChromium, launchChromium } from "../../support/chromium.ts"
import { type Gate, gate, untilAborted } from "../../support/wait.ts"

const list = defineTask({ name: "list", run: () => [1, 2, 3] })
const resize = defineTask({ name: "resize", run: (_ctx, n: number) => n * 2 })
const breaks = defineTask({ name: "trace outline", run: () => Promise.reject(new RangeError("no outline in a.png")) })

describe.runIf(hasChromium)("the inspector's page", () => {
  let browser: Browser
  beforeAll(async () => void (browser = await launchChromium()))
  afterAll(() => browser.close())

  async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1400, height: 900 },
      acceptDownloads: true,
      ...options,
    })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const errors: string[] = []
    page.on("pageerror", ({ message }) => errors.push(message))
    page.on(
      "console",
      (message) => message.type() === "error" && !message.text().includes("WebSocket") && errors.push(message.text()),
    )
    onTestFinished(() => expect(errors).toEqual([]))
    await page.goto(url)
    return page
  }

  async function inspected(
    options: InspectorOptions = {},
  ): Promise<{ readonly inspector: Inspector; readonly supervisor: Supervisor }> {
    const inspector = await serveInspector({ tasks: "all", ...options })
    const supervisor = createSupervisor({ inspect: inspector.inspect, warn: () => undefined })
    onTestFinished(async () => {
      await supervisor.shutdown({ grace: 0 })
      await inspector.close()
    })
    return { inspector, supervisor }
  }

  const row = (page: Page, text: string) => page.locator("#tree .row:not([hidden])", { hasText: text })
  const names = (page: Page): Promise<string[]> =>
    page
      .locator("#tree .row:not([hidden])")
      .evaluateAll((rows) =>
        rows
          .toSorted((a, b) => Number((a as HTMLElement).dataset["index"]) - Number((b as HTMLElement).dataset["index"]))
          .map(
            (one) =>
              `${"  ".repeat(Number(one.getAttribute("aria-level")) - 1)}${one.querySelector(".name")?.textContent} ${one.getAttribute("data-status")}`,
          ),
      )
  const lit = (page: Page): Promise<string[]> => page.locator("#chart .state.active > .name").allTextContents()
  // The page's own policy forbids what Playwright's waitForFunction does.
  const settled = (page: Page, condition: string): Promise<unknown> =>
    page.evaluate(`new Promise((resolve) => {
      const look = () => ((${condition}) ? resolve() : requestAnimationFrame(look))
      look()
    })`)
  const drawn = (page: Page): Promise<unknown> =>
    page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")

  it("shows the tree of actors, children below their parents, each with how it is", async () => {
    const { inspector, supervisor } = await inspected()
    const parent = defineTask({
      name: "album",
      run: async (ctx) =>
        ctx
          .run(resize(1))
          .result()
          .then(() => untilAborted(ctx)),
    })
    supervisor.run(chain(list(), map(resize, [1, 2])))
    supervisor.run(parent())
    supervisor.run(breaks())
    void supervisor.addCoroutine(untilAborted, [], { key: "nap" }).cancel("enough")
    supervisor.run(resize(1), { delay: "1 hour" })
    const page = await open(inspector.url)
    await settled(
      page,
      `document.querySelectorAll('#tree .row[data-status="running"]').length === 1 && document.querySelectorAll('#tree .row[data-status="failed"]').length === 1`,
    )
    expect(await names(page)).toEqual([
      "supervisor active",
      "  chain completed",
      "    steps completed",
      "    list completed",
      "    map completed",
      "      steps completed",
      "      resize completed",
      "      resize completed",
      "  album running",
      "    resize completed",
      "  trace outline failed",
      "  untilAborted cancelled",
      "  resize pending",
    ])
    expect(await page.locator("#statuses .count").allTextContents()).toEqual(["1", "1", "6", "1", "1"])

    await row(page, "trace outline").click()
    await drawn(page)
    expect(await page.locator("#outcome > p").textContent()).toBe("RangeError: no outline in a.png")
    await row(page, "untilAborted").click()
    await drawn(page)
    expect(await page.locator("#outcome > p").textContent()).toBe("enough")
  })

  it("lights the state that an actor is in, and the way that it came", async () => {
    const { inspector, supervisor } = await inspected()
    const gates: Gate[] = [gate(), gate()]
    const step = (name: string, at: number) => defineTask({ name, run: (_ctx, _input?: unknown) => gates[at]?.opened })
    const handle = supervisor.run(chain(step("load", 0)(), step("store", 1)))
    const page = await open(inspector.url)
    // a pipeline's steps are what is looked at first
    await settled(page, "document.querySelector('#chart .state.active > .name')?.textContent === 'load'")
    expect(await page.locator("#title").textContent()).toBe("chain")
    gates[0]?.open()
    await settled(page, "document.querySelector('#chart .state.active > .name')?.textContent === 'store'")
    expect(await page.locator("#chart .way.last .label").allTextContents()).toHaveLength(1)
    await page.getByRole("button", { name: "Task", exact: true }).click()
    await drawn(page)
    expect(await lit(page)).toEqual(["running", "executing"])
    expect(await page.locator("#chart").getAttribute("aria-label")).toBe("Statechart of chain, in running.executing")
    gates[1]?.open()
    await handle.result()
    await settled(page, "document.querySelector('#chart .state.active > .name')?.textContent === 'completed'")
    expect(await page.locator("#chart .way.last .label").allTextContents()).toEqual(["complete"])
    expect(await page.locator("#chart .state > .name").allTextContents()).toEqual(
      expect.arrayContaining([
        "pending",
        "queued",
        "delayed",
        "backoff",
        "running",
        "executing",
        "cancelling",
        "completed",
        "failed",
        "cancelled",
      ]),
    )
  })

  it("draws a graph as its steps wait for one another, each with how it is", async () => {
    const { inspector, supervisor } = await inspected()
    const waits = defineTask({ name: "waits", run: (ctx) => untilAborted(ctx) })
    const { id } = supervisor.run(
      graph({
        load: list(),
        trace: { run: waits(), after: ["load"] },
        clean: { run: list(), after: ["load"] },
        save: { run: list(), after: ["trace", "clean"] },
      }),
    )
    const page = await open(`${inspector.url}#actor=${id}.steps`)
    const statuses = (): Promise<string[]> =>
      page
        .locator("#chart .state.atomic")
        .evaluateAll((all) =>
          all.map((one) => `${one.querySelector(".name")?.textContent} ${one.getAttribute("data-status")}`),
        )
    await settled(page, "document.querySelectorAll('#chart .state[data-status=completed]').length === 2")
    expect(await statuses()).toEqual(["load completed", "trace running", "clean completed", "save null"])
    // four between the steps, one from the graph to its end, two from anywhere
    expect(await page.locator("#chart .way").count()).toBe(7)
  })

  it("draws machines of one's own, nested and parallel", async () => {
    const inspector = await serveInspector()
    onTestFinished(() => inspector.close())
    const machine = createMachine({
      id: "player",
      type: "parallel",
      states: {
        sound: {
          initial: "on",
          states: { on: { on: { mute: "off" } }, off: { on: { mute: { target: "on", description: "unmute" } } } },
        },
        film: {
          initial: "stopped",
          states: { stopped: { on: { play: "playing" } }, playing: { after: { 1000: "stopped" } } },
        },
      },
    })
    const actor = createActor(machine, { inspect: inspector.inspect }).start()
    actor.send({ type: "mute" })
    const page = await open(inspector.url)
    await settled(page, "document.querySelectorAll('#chart .state.active').length === 4")
    expect(await lit(page)).toEqual(["sound", "off", "film", "stopped"])
    expect(await page.locator("#chart .label").allTextContents()).toEqual(
      expect.arrayContaining(["mute", "unmute", "play", "after 1000 ms"]),
    )
    expect(await page.locator("#chart .way.last .label").allTextContents()).toEqual(["mute"])
    actor.stop()
  })

  it("draws states that are called anything, and arrows from anywhere and to oneself", async () => {
    const inspector = await serveInspector()
    onTestFinished(() => inspector.close())
    const machine = createMachine({
      id: "odd",
      initial: "start",
      on: { reset: ".start" },
      states: {
        start: { on: { again: { target: "start", reenter: true }, go: "<b>anywhere</b>" } },
        "<b>anywhere</b>": { initial: "order", states: { order: { on: { deep: "#odd.end" } } } },
        end: { type: "final" },
      },
    })
    const actor = createActor(machine, { inspect: inspector.inspect }).start()
    for (const type of ["again", "go"] as const) actor.send({ type })
    const page = await open(inspector.url)
    await settled(page, "document.querySelectorAll('#chart .state.active').length === 2")
    expect(await lit(page)).toEqual(["<b>anywhere</b>", "order"])
    expect(await page.locator("#chart .label").allTextContents()).toEqual(
      expect.arrayContaining(["again", "go", "reset", "deep"]),
    )
    actor.send({ type: "reset" })
    await settled(page, "document.querySelector('#chart .way.last .label')?.textContent === 'reset'")
    expect(await lit(page)).toEqual(["start"])
  })

  it("finds actors by name, id, key and status, with whatever they are in", async () => {
    const { inspector, supervisor } = await inspected()
    supervisor.run(chain(map(resize, [1, 2]), resize as never))
    supervisor.run(breaks(), { key: ["outline", 7] })
    const { id } = supervisor.run(list())
    const page = await open(inspector.url)
    await settled(page, "document.querySelectorAll('#tree .row[data-status=completed]').length > 7")
    const find = async (text: string): Promise<string[]> => {
      await page.locator("#search").fill(text)
      await drawn(page)
      return names(page)
    }
    expect(await find("outline 7")).toEqual(["supervisor active", "  trace outline failed"])
    expect(await find(id)).toEqual(["supervisor active", "  list completed"])
    expect(await find("status:failed")).toEqual(["supervisor active", "  trace outline failed"])
    expect(await find("resize status:completed")).toContain("      resize completed")
    expect(await find("nothing like it")).toEqual([])
    expect(await page.locator("#tree-empty").textContent()).toBe("Nothing matches.")
    await find("")
    await page.locator("[data-status=failed].chip").click()
    await settled(page, "document.querySelectorAll('#tree .row:not([hidden])').length === 2")
  })

  it("is walked by keys", async () => {
    const { inspector, supervisor } = await inspected()
    await supervisor.run(chain(list(), map(resize, [1, 2]))).result()
    const page = await open(inspector.url)
    await row(page, "map").waitFor()
    await page.locator("#tree").focus()
    const selected = (): Promise<string | null> => page.locator("#tree .row[aria-selected=true] .name").textContent()
    const press = async (key: string): Promise<string | null> => {
      await page.keyboard.press(key)
      await drawn(page)
      return selected()
    }
    expect(await press("Home")).toBe("supervisor")
    expect(await press("ArrowDown")).toBe("chain")
    expect(await press("ArrowLeft")).toBe("chain")
    expect(await page.locator("#tree .row:not([hidden])").count()).toBe(2)
    await press("ArrowRight")
    expect(await press("End")).toBe("resize")
    expect(await press("ArrowLeft")).toBe("map")
    const active = await page.locator("#tree").getAttribute("aria-activedescendant")
    expect(await page.locator(`#${active} .name`).textContent()).toBe("map")
    await page.keyboard.press("/")
    expect(await page.evaluate("document.activeElement.id")).toBe("search")
  })

  it("pauses: what comes meanwhile waits, and is there afterwards", async () => {
    const { inspector, supervisor } = await inspected()
    await supervisor.run(list()).result()
    const page = await open(inspector.url)
    await row(page, "list").waitFor()
    await page.keyboard.press("p")
    await supervisor.run(resize(1)).result()
    await settled(page, "/^[1-9]\\d* waiting$/.test(document.querySelector('#held').textContent)")
    expect(await names(page)).toEqual(["supervisor active", "  list completed"])
    await page.getByRole("button", { name: "Resume" }).click()
    await row(page, "resize").waitFor()
    expect(await page.locator("#held").textContent()).toBe("")
  })

  it("clears what has happened, and keeps what lives", async () => {
    const { inspector, supervisor } = await inspected()
    await supervisor.run(list()).result()
    supervisor.addCoroutine(untilAborted, [])
    const page = await open(inspector.url)
    await row(page, "untilAborted").waitFor()
    await page.getByRole("button", { name: "Clear" }).click()
    await settled(page, "document.querySelectorAll('#tree .row:not([hidden])').length === 2")
    expect(await names(page)).toEqual(["supervisor active", "  untilAborted running"])
  })

  it("goes back to any event: tree, statechart and snapshot are as they were then", async () => {
    const { inspector, supervisor } = await inspected()
    await supervisor.run(breaks()).outcome()
    await supervisor.run(resize(4)).result()
    const page = await open(inspector.url)
    await row(page, "resize").waitFor()
    await row(page, "trace outline").click()
    await drawn(page)
    expect(await lit(page)).toEqual(["failed"])
    await page.locator("#log .row:not([hidden])", { hasText: /trace outline.*start/ }).click()
    await settled(page, "document.querySelector('#moment').hidden === false")
    expect(await lit(page)).toEqual(["running", "executing"])
    expect(await names(page)).toEqual(["supervisor active", "  trace outline running"])
    expect(await page.locator("#snapshot").textContent()).toContain('phase: "executing"')
    await page.keyboard.press("]")
    await drawn(page)
    expect(await lit(page)).toEqual(["failed"])
    await page.keyboard.press("Escape")
    await settled(page, "document.querySelector('#moment').hidden")
    expect(await names(page)).toEqual(["supervisor active", "  trace outline failed", "  resize completed"])
  })

  it("shows when each task waited and ran, beside the others", async () => {
    const { inspector, supervisor } = await inspected({ tasks: "all" })
    const open_ = gate()
    const slow = defineTask({ name: "slow", concurrency: 1, run: () => open_.opened })
    supervisor.run(slow())
    supervisor.run(slow())
    const page = await open(inspector.url)
    await row(page, "slow").nth(1).waitFor()
    await page.getByRole("button", { name: "Timeline" }).click()
    await settled(page, "document.querySelectorAll('#timeline .row:not([hidden])').length === 2")
    const labels = (): Promise<string[]> =>
      page
        .locator("#timeline .row")
        .evaluateAll((rows) =>
          rows.map((one) => one.getAttribute("aria-label") ?? "").toSorted((a, b) => (a < b ? -1 : 1)),
        )
    expect(await labels()).toEqual([
      expect.stringMatching(/^slow #1: waited [\d.]+ m?s, ran [\d.]+ m?s$/),
      expect.stringMatching(/^slow #2: waited [\d.]+ m?s$/),
    ])
    await page.locator("#timeline .row", { hasText: "slow #2" }).click()
    await settled(page, "document.querySelector('#status').textContent === 'pending · queued'")
    open_.open()
    await settled(page, "document.querySelectorAll('#timeline .row[data-status=completed]').length === 2")
  })

  it("saves a recording, and shows the same when it is opened again, dropped, or inspected", async () => {
    const { inspector, supervisor } = await inspected()
    await supervisor.run(chain(list(), map(resize, [1, 2]))).result()
    await supervisor.run(breaks()).outcome()
    const page = await open(inspector.url)
    await row(page, "trace outline").waitFor()
    const save = async (from: Page): Promise<string> => {
      const [download] = await Promise.all([
        from.waitForEvent("download"),
        from.getByRole("button", { name: "Save" }).click(),
      ])
      return download.path()
    }
    const seen = await names(page)
    const first = await save(page)

    const static_ = await open(new URL("../../../dist/adapters/inspector/page.html", import.meta.url).href)
    expect(await static_.locator("#tree-empty").textContent()).toBe("No actors yet.")
    await static_.locator("#file").setInputFiles(first)
    await row(static_, "trace outline").waitFor()
    expect(await names(static_)).toEqual(seen)
    expect(readFileSync(await save(static_), "utf8")).toBe(readFileSync(first, "utf8"))

    const dropped = await open(inspector.url)
    await row(dropped, "trace outline").waitFor()
    await dropped.evaluate(`{
      const data = new DataTransfer()
      data.items.add(new File([${JSON.stringify(readFileSync(first, "utf8"))}], "dropped.ndjson"))
      document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer: data }))
    }`)
    await settled(dropped, "document.querySelector('#connection-text').textContent === 'Recording dropped.ndjson'")
    expect(await names(dropped)).toEqual(seen)
    await dropped.getByRole("button", { name: "Back to live" }).click()
    await settled(dropped, "document.querySelector('#connection-text').textContent === 'Live'")

    const replay = await serveInspector({ recording: first })
    onTestFinished(() => replay.close())
    const replayed = await open(replay.url)
    await row(replayed, "trace outline").waitFor()
    expect(await names(replayed)).toEqual(seen)
  })

  it("says what is wrong with a file that is no recording, and goes on", async () => {
    const { inspector, supervisor } = await inspected()
    await supervisor.run(list()).result()
    const page = await open(inspector.url)
    await row(page, "list").waitFor()
    await page
      .locator("#file")
      .setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("hello\nthere\n") })
    await settled(page, "!document.querySelector('#notes').hidden")
    expect(await page.locator("#notes").textContent()).toBe("Cannot open a.txt: line 1 is no frame of a recording")
    await supervisor.run(resize(1)).result()
    await row(page, "resize").waitFor()
  })

  it("shows a task with an output or an error that is too large as any other one", async () => {
    const { inspector, supervisor } = await inspected()
    const body = Array.from({ length: 200 }, (_, id) => ({ id, text: "x".repeat(600) }))
    const fails = (): never => {
      throw Object.assign(new Error("no answer"), { body })
    }
    await supervisor.addCoroutine(() => body, [], { key: "large", tags: ["film"] }).outcome()
    await supervisor.addCoroutine(fails, [], { key: "broken" }).outcome()
    const page = await open(inspector.url)
    await row(page, "large").click()
    await settled(page, "document.querySelector('#chart .state.active > .name')?.textContent === 'completed'")
    expect(await page.locator("#facts").textContent()).toMatch(
      /tagsfilmsubmitted[\d:.]+waited[\d.]+ m?stook[\d.]+ m?s$/,
    )
    await page.locator("#search").fill("film")
    await drawn(page)
    expect(await names(page)).toEqual(["supervisor active", expect.stringMatching(/^ {2}\S+ completed$/)])
    await page.locator("#search").fill("")
    await row(page, "broken").click()
    await settled(page, "document.querySelector('#chart .state.active > .name')?.textContent === 'failed'")
    expect(await page.locator("#outcome > p").textContent()).toBe("Error: no answer")
  })

  const staticPage = new URL("../../../dist/adapters/inspector/page.html", import.meta.url).href
  const frameOf = (type: string, id: string, rest: object): string =>
    JSON.stringify({
      type,
      sessionId: id,
      rootId: "x:0",
      createdAt: "1795267873072",
      id: null,
      _version: "0.7.2",
      ...rest,
    })
  const show = (page: Page, lines: readonly string[]): Promise<void> =>
    page.locator("#file").setInputFiles({ name: "a.ndjson", mimeType: "", buffer: Buffer.from(lines.join("\n")) })

  it("shows a recording in which parts of a task have been left out", async () => {
    const gone = "[left out: there is too much]"
    const times = { submittedAt: gone, startedAt: gone, settledAt: gone, nextAttemptAt: gone }
    const context = {
      id: "t-1",
      key: "t-1",
      name: "film",
      executor: "coroutine",
      status: "failed",
      ...times,
      phase: "settled",
    }
    const failed = { ...context, outcome: { status: "failed", failure: gone }, tags: gone }
    const definition = '{"id":"task","initial":"failed","states":{"failed":{"type":"final"}}}'
    const page = await open(staticPage)
    await show(page, [
      frameOf("@xstate.actor", "x:1", {
        name: "t-1",
        definition,
        snapshot: { status: "done", value: "failed", context: failed },
      }),
    ])
    await settled(page, "document.querySelector('#chart .state.active > .name')?.textContent === 'failed'")
    expect(await page.locator("#facts").textContent()).toBe("runs ascoroutine")
    await page.locator("#search").fill("film")
    await drawn(page)
    expect(await names(page)).toEqual(["film failed"])
  })

  it("shows all it can of frames that one view stumbles over", async () => {
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    await page.goto(staticPage)
    const definition = '{"id":"light","initial":"on","states":{"on":{},"off":{}}}'
    await show(page, [
      frameOf("@xstate.actor", "x:0", { name: "light", definition, snapshot: { status: "active", value: "on" } }),
      frameOf("@xstate.event", "x:0", { event: {} }),
      frameOf("@xstate.snapshot", "x:0", { event: { type: "next" }, snapshot: { status: "active", value: "off" } }),
    ])
    await row(page, "light").waitFor()
    await settled(page, "document.querySelector('#chart .state.active > .name')?.textContent === 'off'")
    expect(await page.locator("#title").textContent()).toBe("light")
  })

  it("passes over the lines of a recording that were cut off, and says how many", async () => {
    const page = await open(staticPage)
    await show(page, [
      frameOf("@xstate.actor", "x:0", { name: "light", snapshot: { status: "active", value: "on" } }),
      '{"type":"@xstate.event","sess',
      frameOf("@xstate.snapshot", "x:0", { event: { type: "next" }, snapshot: { status: "active", value: "off" } }),
      '{"type":"@xstate.ev',
    ])
    await row(page, "light").waitFor()
    await drawn(page)
    expect(await page.locator("#status").textContent()).toBe("off")
    expect(await page.locator("#notes").textContent()).toBe("Lines of a.ndjson that cannot be read: 1")
  })

  it("goes on where it was when the connection has been cut, with nothing twice", async () => {
    const { inspector, supervisor } = await inspected()
    const { url, cut, mend } = await proxied(inspector)
    await supervisor.run(list()).result()
    const page = await open(url)
    await row(page, "list").waitFor()
    cut()
    await settled(page, "document.querySelector('#connection').dataset.kind === 'lost'")
    await supervisor.run(resize(1)).result()
    mend()
    await row(page, "resize").waitFor()
    expect(await page.locator("#log .row:not([hidden])", { hasText: "appears" }).count()).toBe(3)
    expect(await page.locator("#notes").isHidden()).toBe(true)
  })

  it("shows what has ended while nobody saw it as stopped, and what lives as it is", async () => {
    const { inspector, supervisor } = await inspected({ frames: 60 })
    const { url, cut, mend } = await proxied(inspector)
    const end = gate()
    const unseen = supervisor.addCoroutine(() => end.opened, [], { key: "unseen" })
    supervisor.addCoroutine(untilAborted, [], { key: "living" })
    const page = await open(url)
    await row(page, "living").waitFor()
    cut()
    await settled(page, "document.querySelector('#connection').dataset.kind === 'lost'")
    end.open()
    await unseen.outcome()
    for (let n = 0; n < 60; n++) await supervisor.run(resize(n)).outcome()
    inspector.frames() // flushes
    mend()
    await settled(page, "/older frames are gone/.test(document.querySelector('#notes').textContent)")
    const statusOf = (text: string): Promise<string | null> => row(page, text).getAttribute("data-status")
    expect(await statusOf("living")).toBe("running")
    expect(await statusOf("unseen")).toBe("stopped")
    expect(await statusOf("supervisor")).toBe("active")
    expect(await page.locator("#statuses [data-status=running] .count").textContent()).toBe("1")
    await row(page, "unseen").click()
    await settled(page, "document.querySelector('#status').textContent === 'stopped in running.executing'")
    await page.getByRole("button", { name: "Clear" }).click()
    await settled(page, "document.querySelectorAll('#tree .row:not([hidden])').length === 2")
    expect(await names(page)).toEqual(["supervisor active", "  untilAborted running"])
  })

  it("shows nobody as stopped in whose place others have been forgotten, who may live", async () => {
    const { inspector, supervisor } = await inspected({ frames: 60 })
    const { url, cut, mend } = await proxied(inspector)
    for (let n = 0; n < 5; n++) supervisor.addCoroutine(untilAborted, [], { key: `living ${n}` })
    const page = await open(url)
    await row(page, "living 4").waitFor()
    cut()
    await settled(page, "document.querySelector('#connection').dataset.kind === 'lost'")
    for (let n = 0; n < 100; n++) supervisor.addCoroutine(untilAborted, [], { key: `later ${n}` })
    await supervisor.run(resize(1)).outcome()
    inspector.frames() // flushes
    mend()
    await settled(page, "/older frames are gone/.test(document.querySelector('#notes').textContent)")
    await settled(page, "document.querySelector('#statuses [data-status=completed] .count')?.textContent === '1'")
    expect(await page.locator("#statuses [data-status=stopped]").isVisible()).toBe(false)
    expect(await row(page, "living 0").getAttribute("data-status")).toBe("running")
  })

  it("says that the connection is lost, and tries again; a program that was started again begins anew", async () => {
    const token = "a token for all of them"
    const first = await serveInspector({ tasks: "all", token })
    const port = Number(new URL(first.url).port)
    const supervisor = createSupervisor({ inspect: first.inspect })
    await supervisor.run(list()).result()
    const page = await open(first.url)
    await row(page, "list").waitFor()
    await first.close()
    await settled(page, "document.querySelector('#connection').dataset.kind === 'lost'")
    expect(await page.locator("#connection-text").textContent()).toMatch(/^Connection lost, trying again in \d s$/)

    const second = await serveInspector({ tasks: "all", token, port })
    onTestFinished(() => second.close())
    const other = createSupervisor({ inspect: second.inspect })
    await other.run(resize(1)).result()
    await row(page, "resize").waitFor()
    expect(await names(page)).toEqual(["supervisor active", "  resize completed"])
    expect(await page.locator("#notes").textContent()).toBe("The program was started again")
  })

  it("has an address for each actor", async () => {
    const { inspector, supervisor } = await inspected()
    await supervisor.run(list()).result()
    const task = supervisor.addCoroutine(untilAborted, [])
    const page = await open(`${inspector.url}#actor=${task.id}`)
    await row(page, "untilAborted").waitFor()
    await settled(page, "document.querySelector('#title').textContent === 'untilAborted'")
    await row(page, "list").click()
    await settled(page, `location.hash !== '#actor=${task.id}'`)
    expect(await page.locator("#title").textContent()).toBe("list")
  })

  it("asks nobody but its own server for anything", async () => {
    const { inspector, supervisor } = await inspected()
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    const asked: string[] = []
    page.on("request", (request) => asked.push(request.url()))
    await page.goto(inspector.url)
    await supervisor.run(list()).result()
    await row(page, "list").waitFor()
    expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([inspector.url])
    const refused = await page.evaluate(`fetch("http://127.0.0.1:1/").then(() => "came", (error) => error.name)`)
    expect(refused).toBe("TypeError")
  })

  it("works behind Stately's own server, fed by Stately's own inspector", async () => {
    const inspector = await serveInspector()
    onTestFinished(() => inspector.close())
    const port = await freePort()
    const bridge = createInspectorServer({ url: inspector.url, port, autoOpen: false })
    onTestFinished(() => bridge.stop())
    const page = await open(`http://localhost:${port}/`)
    const stately = createWebSocketInspector({ url: `ws://localhost:${port}` })
    onTestFinished(() => stately.stop())
    const supervisor = createSupervisor({ inspect: stately.inspect })
    onTestFinished(() => supervisor.shutdown({ grace: 0 }))
    await supervisor.run(chain(list(), map(resize, [1]))).result()
    const frame = page.frameLocator("#inspector")
    await frame.locator("#tree .row[data-status=completed]", { hasText: "chain" }).waitFor()
    expect(await frame.locator("#tree .row .name").allTextContents()).toEqual(
      expect.arrayContaining(["supervisor", "chain", "list", "map", "resize", "steps"]),
    )
  })

  it("shows what the page sends that has opened it, as Stately's browser inspector does, and nobody else's", async () => {
    const inspector = await serveInspector()
    onTestFinished(() => inspector.close())
    const opener = await open("about:blank")
    const [page] = await Promise.all([
      opener.waitForEvent("popup"),
      opener.evaluate(`{
        addEventListener("message", ({ data, source }) => {
          if (data.type !== "@statelyai.connected") return
          const base = { sessionId: "x:0", rootId: "x:0", createdAt: "1795267873072", id: null, _version: "0.7.2" }
          source.postMessage({ ...base, type: "@xstate.actor", name: "light", snapshot: { status: "active", value: "green" }, definition: '{"id":"light","initial":"green","states":{"green":{},"red":{}}}' }, "*")
          source.postMessage({ ...base, type: "@xstate.snapshot", event: { type: "go" }, snapshot: { status: "active", value: "red" } }, "*")
          source.postMessage({ type: "nonsense" }, "*")
        })
        window.open(${JSON.stringify(inspector.url)})
      }`),
    ])
    await row(page, "light").waitFor()
    await settled(page, "document.querySelector('#chart .state.active > .name')?.textContent === 'red'")
    await page.evaluate(`postMessage({ type: "@xstate.actor", sessionId: "x:9", name: "stranger", snapshot: {} }, "*")`)
    await drawn(page)
    expect(await names(page)).toEqual(["light active"])
  })

  it("shows 100,000 tasks, and stays quick", async () => {
    const { inspector, supervisor } = await inspected({ tasks: { sample: 1000 } })
    const numbers = Array.from({ length: 100_000 }, (_, n) => n)
    await Promise.all(numbers.map((n) => supervisor.run(resize(n)).outcome()))
    const page = await open(inspector.url)
    await settled(
      page,
      "/^98,901 of 100,000 tasks are left out by the policy/.test(document.querySelector('#notes').textContent)",
    )
    await settled(page, "document.querySelector('#statuses [data-status=completed] .count').textContent === '1,099'")
    // a row for each, of which only those in sight are in the page
    expect(await page.locator("#tree .row").count()).toBeLessThan(60)
  })

  it("shows a recording of 100,000 actors, of which only those in sight are in the page", async () => {
    const page = await open(new URL("../../../dist/adapters/inspector/page.html", import.meta.url).href)
    await page.evaluate(`{
      const frames = []
      const base = { rootId: "x:0", createdAt: "1795267873072", id: null, _version: "0.7.2" }
      frames.push({ ...base, type: "@xstate.actor", name: "supervisor", sessionId: "x:0", snapshot: { status: "active", value: "open" } })
      for (let n = 1; n < 100000; n++) {
        frames.push({ ...base, type: "@xstate.actor", name: "t-" + n, sessionId: "x:" + n, parentId: "x:0", snapshot: { status: "done", value: "completed", context: { id: "t-" + n, key: "t-" + n, name: "task", executor: "coroutine", status: "completed", phase: "settled", tags: [] } } })
      }
      const data = new DataTransfer()
      data.items.add(new File([frames.map((frame) => JSON.stringify(frame)).join("\\n")], "many.ndjson"))
      document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer: data }))
    }`)
    await settled(page, "document.querySelector('#amount').textContent === '100,000 actors, 100,000 events'")
    await page.locator("#tree .row .twist").first().click()
    await page.locator("#tree").evaluate((tree) => (tree.scrollTop = tree.scrollHeight))
    await page.locator("#tree .row:not([hidden])[aria-posinset='99999']").waitFor()
    expect(await page.locator("#tree .row").count()).toBeLessThan(60)
    expect(await page.locator("#log .row").count()).toBeLessThan(60)
  })

  it.each(["light", "dark"] as const)(
    "can be read in the %s: text has the contrast that WCAG asks for, and controls have names",
    async (colorScheme) => {
      const { inspector, supervisor } = await inspected()
      supervisor.run(breaks())
      void supervisor.addCoroutine(untilAborted, []).cancel()
      supervisor.run(resize(1), { delay: "1 hour" })
      await supervisor.run(list()).result()
      const page = await open(inspector.url, { colorScheme })
      await row(page, "trace outline").click()
      const nameless = await page.evaluate(`[...document.querySelectorAll("button, input, [role]")]
      .filter((one) => one.checkVisibility() && !["presentation", "group"].includes(one.role))
      .filter((one) => !(one.textContent.trim() || one.ariaLabel || one.title || one.labels?.length))
      .map((one) => one.outerHTML)`)
      expect(nameless).toEqual([])
      const program = readFileSync(fileURLToPath(new URL("./contrast.js", import.meta.url)), "utf8")
      expect(await page.evaluate(program)).toEqual([])
    },
  )
})

/** A way to the inspector that can be cut. */
async function proxied(inspector: Inspector): Promise<{ readonly url: string; cut(): void; mend(): void }> {
  const sockets = new Set<Socket>()
  let isCut = false
  const proxy = createServer((socket) => {
    if (isCut) return void socket.on("error", () => undefined).destroy()
    const onward = connect(Number(new URL(inspector.url).port), "127.0.0.1")
    for (const one of [socket, onward]) sockets.add(one.on("error", () => undefined))
    socket.pipe(onward).pipe(socket)
  })
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
  const cut = (): void => {
    isCut = true
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  onTestFinished(() => {
    cut()
    proxy.close()
  })
  const url = new URL(inspector.url)
  url.port = String((proxy.address() as AddressInfo).port)
  return { url: url.href, cut, mend: () => void (isCut = false) }
}

/** Stately's server takes a number, and does not say which one it has got. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
