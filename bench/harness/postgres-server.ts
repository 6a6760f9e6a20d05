import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A PostgreSQL of the benchmark's own, as it comes: on a socket in a temporary folder, ended with the benchmark. */
export class PostgresServer implements AsyncDisposable {
  /** The folder of its socket: what a client takes for the host. */
  readonly host: string
  readonly #process: ChildProcess

  private constructor(server: ChildProcess, host: string) {
    this.#process = server
    this.host = host
  }

  /** Undefined, and a line that says why, where there is none and none can be installed. */
  static async start(): Promise<PostgresServer | undefined> {
    if (programs() === undefined) install()
    const found = programs()
    if (found === undefined) {
      console.error(
        "No PostgreSQL on this machine: pg-boss is left out. Install it (Debian: apt-get install postgresql)",
      )
      return undefined
    }
    const folder = mkdtempSync(join(tmpdir(), "tasktor-postgres-"))
    const user = ordinaryUser()
    if (user !== undefined) chownSync(folder, user.uid, user.gid)
    const data = join(folder, "data")
    const own = { cwd: folder, ...user }
    execFileSync(join(found, "initdb"), ["-D", data, "-U", "tasktor", "-A", "trust", "--no-sync"], {
      ...own,
      stdio: ["ignore", "ignore", "inherit"],
    })
    const settings = ["-D", data, "-k", folder, "-c", "listen_addresses="]
    const server = spawn(join(found, "postgres"), settings, { ...own, stdio: ["ignore", "ignore", "pipe"] })
    process.once("exit", () => server.kill("SIGINT"))
    for await (const chunk of server.stderr as AsyncIterable<Buffer>) {
      if (chunk.includes("ready to accept connections")) return new PostgresServer(server, folder)
    }
    throw new Error(`postgres did not start in ${folder}: exit code ${server.exitCode}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Fast: whoever is connected is cut off.
    if (this.#process.exitCode === null && this.#process.kill("SIGINT")) await once(this.#process, "exit")
    rmSync(this.host, { recursive: true, force: true })
  }
}

/** The folder of the newest of them. */
function programs(): string | undefined {
  return globSync("/usr/lib/postgresql/*/bin")
    .toSorted()
    .findLast((folder) => existsSync(join(folder, "postgres")))
}

/** PostgreSQL refuses to run as root. */
function ordinaryUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = ["-u", "-g"].map((option) =>
    Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" })),
  )
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

function install(): void {
  if (!existsSync("/usr/bin/apt-get") || process.getuid?.() !== 0) return
  console.error("Installing postgresql for pg-boss …")
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  for (const args of [
    ["update", "-q"],
    ["install", "-q", "-y", "--no-install-recommends", "postgresql"],
  ]) {
    spawnSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"], env })
  }
}
