import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A Redis of the benchmark's own: on a free loopback port, in a temporary folder, ended with the benchmark. */
export class RedisServer implements AsyncDisposable {
  readonly port: number
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(server: ChildProcess, port: number, folder: string) {
    this.#process = server
    this.port = port
    this.#folder = folder
  }

  /**
   * Undefined, and a line that says why, where there is none and none can be installed.
   *
   * @param durability `none` writes nothing to the disk, where the queue is measured and not its durability; `everysec` is Redis's own choice for those who
   * want to keep what they have: all is written to a log at once, and brought to the disk each second.
   */
  static async start(durability: "none" | "everysec" = "none"): Promise<RedisServer | undefined> {
    if (!isInstalled()) install()
    if (!isInstalled()) {
      console.error(
        "No redis-server on this machine: BullMQ is left out. Install it (Debian: apt-get install redis-server)",
      )
      return undefined
    }
    const folder = mkdtempSync(join(tmpdir(), "tasktor-redis-"))
    const port = await freePort()
    const log = durability === "none" ? ["--appendonly", "no"] : ["--appendonly", "yes", "--appendfsync", durability]
    const settings = ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder, "--save", "", ...log]
    const server = spawn("redis-server", settings, { stdio: ["ignore", "pipe", "inherit"] })
    process.once("exit", () => server.kill())
    for await (const chunk of server.stdout as AsyncIterable<Buffer>) {
      if (chunk.includes("Ready to accept connections")) return new RedisServer(server, port, folder)
    }
    throw new Error(`redis-server did not start on port ${port}: exit code ${server.exitCode}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.kill()) await once(this.#process, "exit")
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function isInstalled(): boolean {
  return spawnSync("redis-server", ["--version"]).status === 0
}

function install(): void {
  if (!existsSync("/usr/bin/apt-get") || process.getuid?.() !== 0) return
  console.error("Installing redis-server for BullMQ …")
  apt("update", "-q")
  apt("install", "-q", "-y", "--no-install-recommends", "redis-server")
}

function apt(...args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  spawnSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"], env })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
