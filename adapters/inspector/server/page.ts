import { createReadStream, readFileSync } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { pipeline } from "node:stream"

/** Beside this module once it is built; a source of ours that runs as it is takes the built one. */
const pageUrl = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/adapters/inspector/page.html" : "../page.html",
  import.meta.url,
)

// The rest of its policy is in the page itself, which may also be opened as a file. Bridges, such as Stately's, are pages of this machine.
const headers = {
  "Content-Security-Policy": "frame-ancestors 'self' http://localhost:* http://127.0.0.1:*",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
}

let page: Buffer | undefined

/** Answers a request that may come in: with the page, or with the file of the recording that is shown. */
export function answer(request: IncomingMessage, response: ServerResponse, recording: string | undefined): void {
  const { pathname } = new URL(request.url ?? "/", "http://inspector")
  if (pathname === "/") {
    page ??= readFileSync(pageUrl)
    response.writeHead(200, { ...headers, "Content-Type": "text/html; charset=utf-8", "Content-Length": page.length })
    response.end(request.method === "HEAD" ? undefined : page)
  } else if (pathname === "/recording" && recording !== undefined) {
    const file = createReadStream(recording)
    file.once("error", () => response.writeHead(404, headers).end())
    file.once("open", () => {
      response.writeHead(200, { ...headers, "Content-Type": "application/x-ndjson" })
      file.removeAllListeners("error")
      pipeline(file, response, () => undefined)
    })
  } else response.writeHead(404, headers).end()
}
