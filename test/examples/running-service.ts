import { randomUUID } from "node:crypto"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { onTestFinished, vi } from "vitest"
import { Program } from "../adapters/cli/cli.ts"
import { processesWith } from "../support/os.ts"

const mainPath = fileURLToPath(new URL("../../examples/fastify-service/main.ts", import.meta.url))

export interface Package {
  readonly id: string
  readonly status: string
  readonly phase: string
  readonly progress: number
  readonly receipt?: string
  readonly manifest?: { readonly bytes: number; readonly files: readonly FileReport[] }
  readonly failure?: { readonly type: string; readonly message: string }
  readonly reason?: { readonly type: string; readonly message: string }
}

interface FileReport {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly brotliBytes: number
}

export interface ServerSentEvent {
  readonly id: number
  readonly event: string
  readonly data: Package
}

/** Removed when the test is over. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tasktor-service-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The service as a process of its own, and its clients. */
export class Service {
  /** Where it puts uploads. */
  readonly storage = tempFolder()
  readonly mark = randomUUID()
  readonly #program: Program

  constructor(env: NodeJS.ProcessEnv = {}) {
    const own = { PORT: "0", TMPDIR: this.storage, SERVICE_TEST: this.mark }
    this.#program = new Program(process.execPath, [mainPath], { env: { ...own, ...env } })
    onTestFinished(() => void this.#program.child.kill("SIGKILL"))
  }

  async request(path: string, init?: RequestInit): Promise<Response> {
    const address = await this.#program.printed(/listening at (http:\S+?)"/)
    return fetch(`${address}${path}`, init)
  }

  post(body: Uint8Array<ArrayBuffer> | ReadableStream, query = ""): Promise<Response> {
    // What fetch wants to be told of a stream, and TypeScript's types of the browser do not know.
    const init = { method: "POST", headers: { "content-type": "application/gzip" }, body, duplex: "half" }
    return this.request(`/packages${query}`, init)
  }

  /** Posts what is accepted. */
  async take(body: Uint8Array<ArrayBuffer>, query = ""): Promise<Package> {
    const response = await this.post(body, query)
    if (response.status !== 202) throw new Error(`It was not taken: ${response.status} ${await response.text()}`)
    return this.read(response.headers.get("location") ?? "")
  }

  async read(path: string): Promise<Package> {
    return (await (await this.request(path)).json()) as Package
  }

  async *events(id: string, query = ""): AsyncGenerator<ServerSentEvent> {
    const response = await this.request(`/packages/${id}/events${query}`)
    if (response.headers.get("content-type") !== "text/event-stream") throw new Error(`No events: ${response.status}`)
    let text = ""
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const parts = (text + chunk).split("\n\n")
      text = parts.pop() ?? ""
      for (const part of parts) {
        const [, seq, event, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(part) ?? []
        yield { id: Number(seq), event: event ?? part, data: JSON.parse(data ?? "null") as Package }
      }
    }
    if (text !== "") throw new Error(`The last event was cut off: ${text}`)
  }

  /** The end of a package, by its events. */
  async end(id: string): Promise<Package | undefined> {
    return (await all(this.events(id))).at(-1)?.data
  }

  /** Resolves when the work on a package goes on. */
  async working(id: string): Promise<void> {
    for await (const { data } of this.events(id)) if (data.progress > 0.1) return
    throw new Error("it ended before")
  }

  /** Resolves when a request's body is on its way into a file. */
  async receiving(): Promise<void> {
    await vi.waitUntil(
      () => readdirSync(this.storage, { recursive: true }).some((path) => path.includes("upload.tgz")),
      {
        timeout: 60_000,
      },
    )
  }

  signal(signal: NodeJS.Signals): void {
    this.#program.child.kill(signal)
  }

  async printed(text: string): Promise<void> {
    await this.#program.printed(text)
  }

  /** How it ended, and what it has left behind. */
  async ended(): Promise<End> {
    const { code } = await this.#program.ended
    const folders = readdirSync(this.storage).filter((name) => name.startsWith("intake-"))
    return { code, processes: processesWith(this.mark), folders }
  }

  /** All that it has printed, when it has ended. */
  async output(): Promise<{ readonly stdout: string; readonly stderr: string }> {
    const { stdout, stderr } = await this.#program.ended
    return { stdout, stderr }
  }

  stop(): Promise<End> {
    this.signal("SIGTERM")
    return this.ended()
  }
}

export interface End {
  readonly code: number | null
  readonly processes: readonly string[]
  readonly folders: readonly string[]
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}
