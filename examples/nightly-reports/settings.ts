import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

/** What the operator says, by the environment: `tasktor beat` knows no arguments of ours. */
export interface Settings {
  /** Where the sales are asked for. */
  readonly source: string
  /** The service brings its own source, on this port. Undefined where `SOURCE` names another one. */
  readonly ownPort: number | undefined
  /** Where the reports and the store are. */
  readonly folder: string
  /** How long the answer of the source is waited for, in milliseconds. */
  readonly patienceMs: number
  /** Seconds from one pulse to the next. */
  readonly pulseSeconds: number
  readonly timeZone: string
  /** How long work may go on after SIGTERM, in milliseconds. */
  readonly drainMs: number
  /** Which share of its requests the own source does not answer, 0 to 1, and by which seed. */
  readonly trouble: number
  readonly seed: number
}

type Environment = Readonly<Record<string, string | undefined>>

/** @throws TypeError for what cannot be used, naming the variable and its value. */
function settingsOf(env: Environment): Settings {
  const port = numberOf(env, "PORT", 3030, 1, 65_535)
  const { SOURCE, TIME_ZONE = "Europe/Paris" } = env
  return {
    source: SOURCE === undefined ? `http://127.0.0.1:${port}` : loopback(SOURCE),
    ownPort: SOURCE === undefined ? port : undefined,
    folder: resolve(env["FOLDER"] ?? join(tmpdir(), "nightly-reports")),
    patienceMs: numberOf(env, "PATIENCE_SECONDS", 2, 0.01, 3600) * 1000,
    pulseSeconds: numberOf(env, "PULSE_SECONDS", 5, 0.1, 3600),
    timeZone: TIME_ZONE,
    drainMs: numberOf(env, "DRAIN_SECONDS", 10, 0, 3600) * 1000,
    trouble: numberOf(env, "TROUBLE", 0.3, 0, 1),
    seed: numberOf(env, "SEED", 1, 0, 2 ** 32),
  }
}

function numberOf(env: Environment, name: string, otherwise: number, least: number, most: number): number {
  const text = env[name]
  if (text === undefined) return otherwise
  const value = Number(text)
  if (text.trim() !== "" && value >= least && value <= most) return value
  throw new TypeError(
    `Cannot use ${name}: it must be a number from ${least} to ${most}, current value is ${JSON.stringify(text)}`,
  )
}

/** An example is to ask nobody else's machine. */
function loopback(text: string): string {
  const url = URL.parse(text)
  if (url?.protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname)) return url.origin
  throw new TypeError(
    `Cannot use SOURCE: it must be an address of this machine, as in "http://127.0.0.1:3030", current value is ${JSON.stringify(text)}`,
  )
}

export const settings: Settings = settingsOf(process.env)
