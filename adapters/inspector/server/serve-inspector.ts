import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { show } from "../../../runtime/failure/show.ts"
import { type InspectionRecorder, Recorder, type RecorderOptions } from "../recorder.ts"
import { recordTo } from "../recording-file.ts"
import { Clients } from "./clients.ts"
import { Gatekeeper, newToken } from "./gatekeeper.ts"
import { answer } from "./page.ts"

/** What `serveInspector` is given. All of it may be left out. */
export interface InspectorOptions extends RecorderOptions {
  /** The address that is listened on. Default "127.0.0.1": nobody on another machine can look on. */
  readonly host?: string
  /** Default 0: any that is free. */
  readonly port?: number
  /** What stands in the URL, and nobody else knows: at least 16 characters. Default: a new one. For a URL that stays the same. */
  readonly token?: string
  /** Further pages that may read the frames, such as "https://stately.ai". Default: none but the inspector's own. */
  readonly allowOrigins?: readonly string[]
  /** A file that gets each frame as a line of JSON, from the beginning. Default: none. */
  readonly record?: string
  /** A file with such lines, which the page shows in place of what lives. */
  readonly recording?: string
}

/** A page that shows what is recorded, and the recorder. */
export interface Inspector extends InspectionRecorder {
  /** Of the page. It holds the token: whoever has it can look on. */
  readonly url: string
  /** Of the frames, for others who read them: `createWebSocketReceiver({ server: inspector.socketUrl })` of @statelyai/inspect. */
  readonly socketUrl: string
  /** Ends all connections, and listens no more. */
  close(): Promise<void>
  /** `close()`, at the end of the block that says `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Serves the inspector: one page, with nothing from the web, on this machine alone. It shows every actor of the systems that it is given to,
 * live: their tree, the statechart of each with its present state, what they are sent, and their snapshots. It only looks on, and keeps no
 * program alive.
 *
 * @throws TypeError or RangeError for an option that cannot be used. Rejects where the port is taken.
 * @example
 * await using inspector = await serveInspector()
 * const supervisor = createSupervisor({ inspect: inspector.inspect })
 * console.log(inspector.url)
 */
export async function serveInspector(options: InspectorOptions = {}): Promise<Inspector> {
  checkServer(options)
  const { host = "127.0.0.1", port = 0, token = newToken(), allowOrigins = [] } = options
  const recorder = new Recorder(options)
  const stopRecording = options.record === undefined ? undefined : recordTo(options.record, recorder)
  const gatekeeper = new Gatekeeper(token, host, allowOrigins)
  const clients = new Clients(recorder)
  const server = createServer((request, response) => {
    const refusal = gatekeeper.refusalOf(request)
    if (refusal !== undefined) response.writeHead(refusal).end()
    else answer(request, response, options.recording)
  })
  server.on("connection", (socket) => socket.unref())
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy())
    const refusal = gatekeeper.refusalOf(request)
    if (refusal !== undefined) socket.end(`HTTP/1.1 ${refusal} Refused\r\nConnection: close\r\n\r\n`)
    else clients.welcome(request, socket, head)
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, resolve)
  }).catch((error: unknown) => {
    stopRecording?.()
    throw error
  })
  server.unref()

  const address = addressOf(server.address() as AddressInfo)
  const query = `?token=${encodeURIComponent(token)}`
  let closed: Promise<void> | undefined
  const close = (): Promise<void> =>
    (closed ??= new Promise<void>((resolve) => {
      stopRecording?.()
      // Whoever awaits this has nothing else, perhaps, that keeps the program alive.
      server.ref()
      clients.close()
      server.close(() => resolve())
      server.closeAllConnections()
    }))
  return {
    url: `http://${address}/${query}${options.recording === undefined ? "" : "&recording=1"}`,
    socketUrl: `ws://${address}/${query}`,
    inspect: recorder.inspect,
    attach: (supervisor) => recorder.attach(supervisor),
    get counts() {
      return recorder.counts
    },
    get bytes() {
      return recorder.bytes
    },
    frames: () => recorder.frames(),
    toString: () => recorder.toString(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function checkServer({ token, port, host, allowOrigins }: InspectorOptions): void {
  const action = "Cannot serve the inspector"
  if (token !== undefined && !(typeof token === "string" && token.length >= 16)) {
    // Not shown: it may be one that is used elsewhere.
    throw new RangeError(`${action}: "token" must be a text of at least 16 characters`)
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65536))
    throw new RangeError(`${action}: "port" must be a whole number from 0 to 65535, current value is ${show(port)}`)
  if (host !== undefined && typeof host !== "string")
    throw new TypeError(`${action}: "host" must be a text, as in "127.0.0.1", current value is ${show(host)}`)
  if (allowOrigins !== undefined && !Array.isArray(allowOrigins))
    throw new TypeError(
      `${action}: "allowOrigins" must be an array, as in ["https://stately.ai"], current value is ${show(allowOrigins)}`,
    )
}

/** As a URL has it. Who listens on all addresses is found on the loopback one. */
function addressOf({ address, port }: AddressInfo): string {
  if (address === "0.0.0.0" || address === "::") return `127.0.0.1:${port}`
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`
}
