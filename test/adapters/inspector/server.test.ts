import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { createWebSocketReceiver, type StatelyInspectionEvent } from "@statelyai/inspect"
import { createSupervisor, defineTask } from "tasktor"
import { type Inspector, type InspectorOptions, serveInspector } from "tasktor/inspector"
import { describe, expect, it, onTestFinished } from "vitest"
import { WebSocket } from "ws"
import { createActor, createMachine } from "xstate"
import { setup } from "../../support/setup.ts"
import { Program } from "../cli/cli.ts"
import { gate, untilAborted } from "../../support/wait.ts"

const batches = "tasktor.inspector.1"
const quick = defineTask({ name: "quick", run: (_ctx, n: number) => n })

async function served(options: InspectorOptions = {}): Promise<Inspector> {
  const inspector = await serveInspector(options)
  onTestFinished(() => inspector.close())
  return inspector
}

/** The status of the answer, and its headers and body. */
function get(
  url: string,
  { headers = {}, method = "GET" }: { readonly headers?: Record<string, string>; readonly method?: string } = {},
): Promise<{ readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let body = ""
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk))
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    sent.on("error", reject).end()
  })
}

/** What a client of the WebSocket gets, message by message. */
class Reader {
  readonly socket: WebSocket
  readonly messages: string[] = []
  readonly closed: Promise<number>
  #wake: () => void = () => undefined

  constructor(url: string, protocol?: string, origin?: string) {
    this.socket = new WebSocket(url, protocol, origin === undefined ? {} : { origin })
    this.closed = new Promise((resolve) => this.socket.on("close", resolve))
    this.socket.on("error", () => undefined)
    this.socket.on("message", (data: Buffer) => {
      this.messages.push(data.toString())
      this.#wake()
    })
    onTestFinished(() => this.socket.terminate())
  }

  async until(condition: (messages: readonly string[]) => boolean): Promise<void> {
    while (!condition(this.messages)) await new Promise<void>((resolve) => (this.#wake = resolve))
  }

  get frames(): readonly Frame[] {
    return this.messages.flatMap((message) => (JSON.parse(message) as Batch).frames)
  }
}

interface Frame {
  readonly type: string
  readonly id: string
  readonly name?: string
  readonly definition?: unknown
}

interface Batch {
  readonly run: string
  readonly missed: number
  readonly goesOn: boolean
  readonly definitions: Readonly<Record<string, string>>
  readonly actors: readonly Frame[]
  readonly frames: readonly Frame[]
}

/** The status with which a WebSocket is refused. */
function refusal(
  url: string,
  options: { readonly origin?: string; readonly host?: string },
): Promise<number | undefined> {
  const headers = options.host === undefined ? {} : { Host: options.host }
  const socket = new WebSocket(url, { ...(options.origin === undefined ? {} : { origin: options.origin }), headers })
  return new Promise((resolve) => {
    socket.on("unexpected-response", (_request, { statusCode }) => {
      resolve(statusCode)
      socket.terminate()
    })
    socket.on("open", () => {
      resolve(undefined)
      socket.terminate()
    })
    socket.on("error", () => undefined)
  })
}

describe("the door", () => {
  it("is open for whoever has the address: one page, which needs nothing else", async () => {
    const inspector = await served()
    const { status, headers, body } = await get(inspector.url)
    expect(status).toBe(200)
    expect(headers["content-type"]).toBe("text/html; charset=utf-8")
    expect(headers["referrer-policy"]).toBe("no-referrer")
    expect(headers["content-security-policy"]).toContain("frame-ancestors")
    expect(body).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/)
    expect(body).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="(?!data:)/)
    expect(body).not.toContain(new URL(inspector.url).searchParams.get("token"))
  })

  it("is on this machine's own address alone", async () => {
    const { hostname } = new URL((await served()).url)
    expect(hostname).toBe("127.0.0.1")
  })

  it.each<[string, (url: URL) => void, Parameters<typeof get>[1], number]>([
    ["no token", (url) => url.searchParams.delete("token"), {}, 403],
    ["another token", (url) => url.searchParams.set("token", "x".repeat(24)), {}, 403],
    [
      "a token that is longer",
      (url) =>
        url.searchParams.append("token", "") ?? url.searchParams.set("token", `${url.searchParams.get("token")}x`),
      {},
      403,
    ],
    ["a host that only means this machine (DNS rebinding)", () => undefined, { headers: { Host: "evil.test" } }, 403],
    ["a page of another origin", () => undefined, { headers: { Origin: "http://evil.test" } }, 403],
    ["a page that hides its origin", () => undefined, { headers: { Origin: "null" } }, 403],
    ["another method", () => undefined, { method: "POST" }, 405],
    ["another path", (url) => (url.pathname = "/recording"), {}, 404],
  ])("is closed for %s", async (_title, change, options, status) => {
    const url = new URL((await served()).url)
    change(url)
    expect(await get(url.href, options)).toMatchObject({ status, body: "" })
  })

  it.each([
    ["no token", "", {}, 403],
    ["a page of another origin", undefined, { origin: "http://evil.test" }, 403],
    ["a host that only means this machine", undefined, { host: "evil.test" }, 403],
  ])("is closed for a WebSocket with %s", async (_title, search, options, status) => {
    const url = new URL((await served()).socketUrl)
    if (search !== undefined) url.search = search
    expect(await refusal(url.href, options)).toBe(status)
  })

  it("is open for its own page, for programs without an origin, and for origins that are allowed", async () => {
    const { socketUrl, url } = await served({ allowOrigins: ["https://stately.ai"] })
    expect(await refusal(socketUrl, {})).toBeUndefined()
    expect(await refusal(socketUrl, { origin: new URL(url).origin })).toBeUndefined()
    expect(await refusal(socketUrl, { origin: "https://stately.ai" })).toBeUndefined()
  })

  it("keeps its address where port and token are given", async () => {
    const token = "a token that is long enough"
    const first = await serveInspector({ token })
    const port = Number(new URL(first.url).port)
    await first.close()
    const second = await served({ token, port })
    expect(second.url).toBe(first.url)
    await expect(serveInspector({ port })).rejects.toThrow("EADDRINUSE")
  })

  it.each([
    [{ token: "short" }, RangeError, '"token" must be a text of at least 16 characters'],
    [{ port: 70_000 }, RangeError, '"port" must be a whole number from 0 to 65535, current value is 70000'],
    [{ host: 7 }, TypeError, '"host" must be a text'],
    [{ allowOrigins: "https://stately.ai" }, TypeError, '"allowOrigins" must be an array'],
  ])("refuses %o", async (options, error, message) => {
    const serving = serveInspector(options as InspectorOptions)
    await expect(serving).rejects.toThrow(error)
    await expect(serving).rejects.toThrow(`Cannot serve the inspector: ${message}`)
  })
})

describe("the frames", () => {
  it("come in batches, each definition once, and go on after a connection is lost", async () => {
    const inspector = await served({ tasks: "all" })
    const { supervisor, clock } = setup({ inspect: inspector.inspect })
    for (let n = 0; n < 3; n++) supervisor.run(quick(n))
    await clock.settle()
    const first = new Reader(inspector.socketUrl, batches)
    await first.until((messages) => messages.join("").split('"value":"completed"').length > 3)
    expect(first.messages.flatMap((message) => Object.keys((JSON.parse(message) as Batch).definitions))).toHaveLength(2)
    const last = first.frames.at(-1)?.id ?? ""
    const { run } = JSON.parse(first.messages[0] ?? "") as Batch
    first.socket.terminate()
    await first.closed

    supervisor.run(quick(4))
    await clock.settle()
    const again = new Reader(`${inspector.socketUrl}&run=${run}&after=${last}`, batches)
    await again.until((messages) => messages.join("").includes('"value":"completed"'))
    expect(again.frames[0]?.id).toBe(String(Number(last) + 1))
    expect(JSON.parse(again.messages[0] ?? "")).toMatchObject({ run, missed: 0, actors: [] })

    const stranger = new Reader(`${inspector.socketUrl}&run=another&after=${last}`, batches)
    await stranger.until((messages) => messages.length > 0)
    expect(stranger.frames[0]?.id).toBe("1")
  })

  it("are those of Stately's inspector for a client that asks for nothing else", async () => {
    const inspector = await served({ tasks: "all" })
    const { supervisor, clock } = setup({ inspect: inspector.inspect })
    const task = supervisor.run(quick(1))
    await clock.settle()
    const frames: StatelyInspectionEvent[] = []
    const done = gate()
    createWebSocketReceiver({ server: inspector.socketUrl }).subscribe((frame) => {
      frames.push(frame)
      if (frame.type === "@xstate.snapshot" && frame.snapshot.status === "done") done.open()
    })
    await done.opened
    expect(frames.map(({ type }) => type).slice(0, 4)).toEqual([
      "@xstate.actor",
      "@xstate.event",
      "@xstate.actor",
      "@xstate.event",
    ])
    const actor = frames.find((frame) => frame.type === "@xstate.actor" && frame.name === task.id)
    expect(JSON.parse((actor as { readonly definition?: string } | undefined)?.definition ?? "{}")).toHaveProperty(
      "states.running.states.cancelling",
    )
  })

  it("of one who comes late begin with what lives", async () => {
    const inspector = await served({ tasks: "all", frames: 200 })
    const { supervisor, clock } = setup({ inspect: inspector.inspect })
    const living = supervisor.addCoroutine(untilAborted, [])
    for (let n = 0; n < 100; n++) supervisor.run(quick(n))
    await clock.settle()
    const reader = new Reader(inspector.socketUrl, batches)
    await reader.until((messages) => messages.length > 0)
    const { actors, missed } = JSON.parse(reader.messages[0] ?? "") as Batch
    expect(actors.map(({ name }) => name)).toEqual(expect.arrayContaining(["supervisor", living.id]))
    expect(missed).toBe(0)
  })

  it("of one who comes late begin with what lives, in batches that are not too long, before any frame", async () => {
    const inspector = await served({ frames: 10 })
    const machine = createMachine({
      id: "large",
      context: () => ({ text: Array.from({ length: 5 }, () => "x".repeat(3400)) }),
    })
    for (let n = 0; n < 100; n++) createActor(machine, { inspect: inspector.inspect }).start()
    inspector.frames() // flushes
    const reader = new Reader(inspector.socketUrl, batches)
    const parts = (): readonly Batch[] => reader.messages.map((message) => JSON.parse(message) as Batch)
    const told = (): readonly Frame[] =>
      parts()
        .flatMap(({ actors, frames }) => actors.concat(frames))
        .filter(({ type }) => type === "@xstate.actor")
    await reader.until(() => told().length === 100)
    for (const message of reader.messages) expect(message.length).toBeLessThan(300_000)
    const living = parts().filter(({ actors }) => actors.length > 0)
    expect(living.length).toBeGreaterThan(3)
    expect(living.map(({ goesOn }) => goesOn)).toEqual(living.map((_, index) => index < living.length - 1))
    expect(parts().filter(({ goesOn, frames }) => goesOn && frames.length > 0)).toEqual([])
  })

  it("of a slow reader are dropped and counted, and never more of them wait than fit", async () => {
    const inspector = await served({ tasks: "all", frames: 100 })
    const { supervisor, clock } = setup({ inspect: inspector.inspect })
    const reader = new Reader(inspector.socketUrl, batches)
    await new Promise((resolve) => reader.socket.on("open", resolve))
    const rest = process.memoryUsage().arrayBuffers
    reader.socket.pause()
    const big = "x".repeat(3000)
    let most = 0
    for (let round = 0; round < 300; round++) {
      for (let n = 0; n < 20; n++) supervisor.addCoroutine(() => big, [])
      await clock.settle()
      inspector.frames() // flushes
      most = Math.max(most, process.memoryUsage().arrayBuffers - rest)
    }
    // 300 × 20 × 3 frames of 3 KB and more are 54 MB and more.
    expect(most).toBeLessThan(30_000_000)
    reader.socket.resume()
    const last = supervisor.run(quick(7))
    await clock.settle()
    await reader.until((messages) => messages.some((message) => message.includes(`"name":"${last.id}"`)))
    const missed = reader.messages.reduce((sum, message) => sum + (JSON.parse(message) as Batch).missed, 0)
    const ids = reader.frames.map(({ id }) => Number(id))
    expect(missed).toBeGreaterThan(1000)
    expect(ids.length + missed).toBe((ids.at(-1) ?? 0) - (ids[0] ?? 0) + 1)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  })
})

describe("clients that misbehave", () => {
  it.each<[string, (reader: Reader) => void]>([
    ["says what is no JSON", ({ socket }) => socket.send("{nonsense")],
    ["says what is no frame", ({ socket }) => socket.send('{"type":"@xstate.actor"}')],
    ["says too much", ({ socket }) => socket.send("x".repeat(100_000))],
    ["dies", ({ socket }) => socket.terminate()],
    [
      "speaks no WebSocket",
      ({ socket }) =>
        (socket as unknown as { readonly _socket: NodeJS.WritableStream })._socket.write("\xff\xff\xff nonsense"),
    ],
  ])("one that %s harms neither the program nor another client", async (_title, misbehave) => {
    const inspector = await served({ tasks: "all" })
    const { supervisor, clock, warnings } = setup({ inspect: inspector.inspect })
    const good = new Reader(inspector.socketUrl, batches)
    const bad = new Reader(inspector.socketUrl, batches)
    await new Promise((resolve) => bad.socket.on("open", resolve))
    misbehave(bad)
    const task = supervisor.run(quick(1))
    await clock.settle()
    expect(task.snapshot.status).toBe("completed")
    await good.until((messages) => messages.join("").includes('"value":"completed"'))
    expect(warnings).toEqual([])
  })

  it("one that breaks off in the middle of asking harms nothing", async () => {
    const inspector = await served()
    const { port } = new URL(inspector.url)
    const socket = connect(Number(port), "127.0.0.1")
    await new Promise((resolve) => socket.on("connect", resolve))
    socket.write("GET / HTTP/1.1\r\nHost: 127")
    socket.destroy()
    expect((await get(inspector.url)).status).toBe(200)
  })
})

describe("the end", () => {
  it("close ends all connections, and twice is fine", async () => {
    const inspector = await serveInspector()
    const readers = [new Reader(inspector.socketUrl, batches), new Reader(inspector.socketUrl)]
    await Promise.all(readers.map(({ socket }) => new Promise((resolve) => socket.on("open", resolve))))
    await Promise.all([inspector.close(), inspector.close()])
    expect(await Promise.all(readers.map(({ closed }) => closed))).toEqual([1001, 1001])
    await expect(get(inspector.url)).rejects.toThrow("ECONNREFUSED")
  })

  it("a program ends though its inspector is open, and its recording is whole", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tasktor-inspector-"))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, "run.ndjson")
    const program = `
      import { createSupervisor } from "tasktor"
      import { serveInspector } from "tasktor/inspector"
      const inspector = await serveInspector({ record: ${JSON.stringify(file)} })
      const supervisor = createSupervisor({ inspect: inspector.inspect })
      console.log(inspector.socketUrl)
      await new Promise((resolve) => process.stdin.once("data", resolve))
      process.stdin.destroy()
      await supervisor.addCoroutine(() => "the output", []).result()
      console.log("over")
    `
    const running = new Program(process.execPath, ["--input-type=module", "-e", program], { cwd: process.cwd() })
    const reader = new Reader(await running.printed(/(ws:.+)\n/), batches)
    await new Promise((resolve) => reader.socket.on("open", resolve))
    running.child.stdin?.write("go on\n")
    const { stdout, stderr, code } = await running.ended
    expect({ stdout: stdout.split("\n").slice(1), stderr, code }).toEqual({ stdout: ["over", ""], stderr: "", code: 0 })
    const lines = readFileSync(file, "utf8").trimEnd().split("\n")
    expect(lines.map((line) => (JSON.parse(line) as Frame).type)).toContain("@xstate.actor")
    expect(lines.at(-1)).toContain("the output")
  })

  it("an awaited close lets a program go on that has nothing else to do", async () => {
    const program = `
      import { serveInspector } from "tasktor/inspector"
      await (await serveInspector()).close()
      console.log("closed")
    `
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program])
    expect(stdout).toBe("closed\n")
  })
})

it("a recording misses nothing of a program that does not come to its event loop", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tasktor-inspector-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, "run.ndjson")
  const inspector = await served({ record: file, frames: 50 })
  const actor = createActor(createMachine({ initial: "on", states: { on: {} } }), {
    inspect: inspector.inspect,
  }).start()
  for (let n = 0; n < 1000; n++) actor.send({ type: "tick", n })
  await inspector.close()
  const ids = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => Number((JSON.parse(line) as Frame).id))
  expect(ids).toEqual(Array.from({ length: 1002 }, (_, index) => index + 1))
})

it("a recording misses nothing of tasks that end at once with more than the memory takes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tasktor-inspector-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, "run.ndjson")
  const inspector = await served({ tasks: "all", record: file, bytes: 1_000_000 })
  const { supervisor, clock } = setup({ inspect: inspector.inspect })
  for (let n = 0; n < 30; n++) supervisor.addCoroutine(() => Array.from({ length: 25 }, () => "x".repeat(4000)), [])
  await clock.settle()
  await inspector.close()
  const ids = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => Number((JSON.parse(line) as Frame).id))
  expect(ids.length).toBeGreaterThan(100)
  expect(ids).toEqual(ids.map((_, index) => index + 1))
})

it("a recording is served to whoever has the token, and the page is told of it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tasktor-inspector-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, "run.ndjson")
  writeFileSync(file, '{"type":"@xstate.actor"}\n')
  const inspector = await served({ recording: file })
  const url = new URL(inspector.url)
  expect(url.searchParams.has("recording")).toBe(true)
  url.pathname = "/recording"
  expect(await get(url.href)).toMatchObject({ status: 200, body: '{"type":"@xstate.actor"}\n' })
  url.searchParams.set("token", "x".repeat(24))
  expect((await get(url.href)).status).toBe(403)
  rmSync(file)
  url.searchParams.set("token", new URL(inspector.url).searchParams.get("token") ?? "")
  expect((await get(url.href)).status).toBe(404)
})

it("attaches to a supervisor that runs already", async () => {
  const supervisor = createSupervisor()
  onTestFinished(() => supervisor.shutdown({ grace: 0 }))
  const task = supervisor.addCoroutine(untilAborted, [])
  const inspector = await served()
  inspector.attach(supervisor)
  const reader = new Reader(inspector.socketUrl, batches)
  await reader.until((messages) => messages.length > 0)
  expect(reader.frames.flatMap(({ name }) => name ?? [])).toEqual(["supervisor", task.id])
})
