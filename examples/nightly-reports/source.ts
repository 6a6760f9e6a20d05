import { createServer, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { salesOf } from "./sales.ts"
import type { TroubleMaker } from "./trouble.ts"

export interface SourceOptions {
  /** 0 takes any that is free. */
  readonly port: number
  readonly trouble: TroubleMaker
}

/** Where the sales are: `GET /sales/<branch>?from=…&to=…` on this machine, and not always in a good mood. */
export class Source {
  readonly #server: Server
  readonly #trouble: TroubleMaker

  private constructor(trouble: TroubleMaker) {
    this.#trouble = trouble
    this.#server = createServer((request, response) => this.#answer(request.url ?? "/", response))
  }

  static async open({ port, trouble }: SourceOptions): Promise<Source> {
    const source = new Source(trouble)
    await new Promise<void>((resolve, reject) => {
      source.#server.once("error", reject).listen(port, "127.0.0.1", resolve)
    })
    return source
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #answer(path: string, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(path, this.address)
    const [, branch] = /^\/sales\/(\w+)$/.exec(pathname) ?? []
    const [from, to] = ["from", "to"].map((name) => Number(searchParams.get(name) ?? Number.NaN))
    if (branch === undefined || from === undefined || to === undefined || Number.isNaN(to - from)) {
      return void response.writeHead(404).end()
    }
    const body = Buffer.from(JSON.stringify(salesOf(branch, from, to)))
    switch (this.#trouble(path)) {
      case "none":
        return void response.writeHead(200, { "content-length": body.length }).end(body)
      case "unavailable":
        return void response.writeHead(503).end()
      case "silence":
        return
      case "cut":
        response.writeHead(200, { "content-length": body.length }).write(body.subarray(0, body.length / 2))
        return void setImmediate(() => response.destroy())
    }
  }
}
