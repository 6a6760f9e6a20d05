import { spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import type { Answer } from "./benchmark.ts"

const childModule = fileURLToPath(new URL("./child.ts", import.meta.url))

/**
 * Answers one benchmark in a fresh process. The answer comes over a pipe of its own instead of Node's IPC channel, because
 * workerpool takes a process that has one for a worker.
 */
export async function answerInChild(name: string, rounds: number, contestant: string | undefined): Promise<Answer> {
  const args = ["--expose-gc", childModule, name, String(rounds), ...(contestant === undefined ? [] : [contestant])]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit", "pipe"] })
  const [answer, [code, signal]] = await Promise.all([text(child.stdio[3] as Readable), once(child, "exit")])
  if (code !== 0) throw new Error(`The benchmark "${name}" ended with ${String(signal ?? `exit code ${code}`)}`)
  return JSON.parse(answer) as Answer
}
