import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { readdir, readFile, writeFile } from "node:fs/promises"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { buffer } from "node:stream/consumers"

export interface SiteOptions {
  /** Whose files it serves. */
  readonly folder: string
  /** Where it puts the index that it is sent. */
  readonly published: string
  /** How many requests for a page are answered by 503 before it serves one. */
  readonly outages: number
  /** Whether it has no room for an index. */
  readonly isFull: boolean
  /** 0 takes any that is free. */
  readonly port: number
}

/** A web site on this machine: `GET /` lists its pages, `GET /name` gives one, `PUT /index.json` takes the index. */
export class Site {
  readonly #options: SiteOptions
  readonly #server: Server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  #outages: number

  private constructor(options: SiteOptions) {
    this.#options = options
    this.#outages = options.outages
  }

  static async open(options: SiteOptions): Promise<Site> {
    const site = new Site(options)
    await new Promise<void>((resolve, reject) => {
      site.#server.once("error", reject).listen(options.port, "127.0.0.1", resolve)
    })
    return site
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { folder, published, isFull } = this.#options
    if (request.method === "PUT") {
      const index = await buffer(request)
      if (isFull) return void response.writeHead(507).end()
      await writeFile(published, index)
      return void response.writeHead(204).end()
    }
    const entries = await readdir(folder, { withFileTypes: true })
    const names = entries.flatMap((entry) => (entry.isFile() ? entry.name : [])).toSorted()
    const name = decodeURIComponent(request.url ?? "/").slice(1)
    if (name === "") return void response.end(JSON.stringify(names))
    if (!names.includes(name)) return void response.writeHead(404).end()
    if (this.#outages-- > 0) return void response.writeHead(503).end()
    response.end(await readFile(join(folder, name)))
  }
}
