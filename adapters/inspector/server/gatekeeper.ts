import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { isIP } from "node:net"

/** 144 bits that nobody guesses. */
export function newToken(): string {
  return randomBytes(18).toString("base64url")
}

/**
 * Who may look on: whoever has the token, from a page of ours, by an address that is this machine's. Without the last two a foreign page
 * could make the browser ask in its name, or in that of a host which it has made to mean this machine (DNS rebinding).
 */
export class Gatekeeper {
  readonly #token: Buffer
  readonly #host: string
  readonly #allowOrigins: readonly string[]

  constructor(token: string, host: string, allowOrigins: readonly string[]) {
    this.#token = digest(token)
    this.#host = host
    this.#allowOrigins = allowOrigins
  }

  /** The HTTP status of the refusal; undefined for who may come in. */
  refusalOf({ method, url = "/", headers }: IncomingMessage): number | undefined {
    const { host = "", origin } = headers
    if (!this.#isHere(host)) return 403
    if (origin !== undefined && origin !== `http://${host}` && !this.#allowOrigins.includes(origin)) return 403
    if (method !== "GET" && method !== "HEAD") return 405
    const token = tokenOf(url)
    return token !== undefined && timingSafeEqual(digest(token), this.#token) ? undefined : 403
  }

  /** A name can be made to mean this machine by anybody, a number cannot. */
  #isHere(host: string): boolean {
    const name = /^\[(.+)\](?::\d+)?$/.exec(host)?.[1] ?? host.replace(/:\d+$/, "")
    return name === "localhost" || name === this.#host || isIP(name) !== 0
  }
}

function tokenOf(url: string): string | undefined {
  return URL.parse(url, "http://inspector")?.searchParams.get("token") ?? undefined
}

/** Of one length, whatever was given. */
function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest()
}
