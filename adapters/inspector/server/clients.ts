import { randomUUID } from "node:crypto"
import type { IncomingMessage } from "node:http"
import type { Duplex } from "node:stream"
import { WebSocketServer } from "ws"
import { batchProtocol } from "../frame.ts"
import type { Recorder } from "../recorder.ts"
import { Client } from "./client.ts"

/** Nothing that a client says is of interest. */
const longestMessage = 1024
const heartbeatMs = 15_000

/** Those who read the frames as they come. */
export class Clients {
  readonly #recorder: Recorder
  readonly #run = randomUUID()
  readonly #all = new Set<Client>()
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessage,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(batchProtocol) ? batchProtocol : false),
  })
  #heartbeat: ReturnType<typeof setInterval> | undefined
  readonly #stopReading: () => void

  constructor(recorder: Recorder) {
    this.#recorder = recorder
    this.#stopReading = recorder.onFlush(() => {
      for (const client of this.#all) client.pump()
    })
  }

  welcome(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const { searchParams } = new URL(request.url ?? "/", "http://inspector")
      const from = searchParams.get("run") === this.#run ? Number(searchParams.get("after")) + 1 : undefined
      const client = new Client(webSocket, this.#recorder.store, this.#run, from)
      this.#all.add(client)
      webSocket.on("close", () => this.#leaves(client))
      // A broken message, or one that is too long: ws closes the connection, and that is all there is to it.
      webSocket.on("error", () => webSocket.terminate())
      this.#heartbeat ??= setInterval(() => this.#beat(), heartbeatMs).unref()
      client.pump()
    })
  }

  close(): void {
    this.#stopReading()
    clearInterval(this.#heartbeat)
    for (const client of this.#all) client.end()
    this.#all.clear()
    this.#sockets.close()
  }

  #beat(): void {
    for (const client of this.#all) client.beat()
  }

  #leaves(client: Client): void {
    this.#all.delete(client)
    if (this.#all.size > 0) return
    clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
  }
}
