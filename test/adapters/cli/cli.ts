import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

/** The built command line: `npm test` builds it first. */
export const cliPath: string = fileURLToPath(new URL("../../../dist/adapters/cli/main.js", import.meta.url))
const fixtures = fileURLToPath(new URL("./fixtures", import.meta.url))

export interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

/** A program that a test started, and what it has printed so far. */
export class Program {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  #stdout = ""
  #stderr = ""
  #wake: () => void = () => undefined

  constructor(
    command: string,
    args: readonly string[],
    options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly user?: number } = {},
  ) {
    const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env
    const user = options.user === undefined ? {} : { uid: options.user, gid: options.user }
    this.child = spawn(command, args, { cwd: options.cwd ?? fixtures, env: { ...env, ...options.env }, ...user })
    this.child.stdout?.on("data", (chunk: Buffer) => {
      this.#stdout += chunk.toString()
      this.#wake()
    })
    this.child.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr += chunk.toString()
      this.#wake()
    })
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject)
      this.child.on("close", (code) => {
        resolve({ stdout: this.#stdout, stderr: this.#stderr, code })
        this.#wake()
      })
    })
  }

  /** Resolves as soon as it has printed this, on whichever stream: with what matched, or with the first group of it. */
  async printed(text: string | RegExp): Promise<string> {
    for (;;) {
      const [match, group] = found(this.#stdout, text) ?? found(this.#stderr, text) ?? []
      if (match !== undefined) return group ?? match
      if (this.child.exitCode !== null)
        throw new Error(`It ended without printing ${text}: ${this.#stdout}${this.#stderr}`)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

function found(printed: string, text: string | RegExp): readonly string[] | null {
  if (typeof text !== "string") return text.exec(printed)
  return printed.includes(text) ? [text] : null
}

export function startCli(...args: string[]): Program {
  return new Program(process.execPath, [cliPath, ...args])
}

export function cli(...args: string[]): Promise<Ended> {
  return startCli(...args).ended
}
