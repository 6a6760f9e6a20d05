import { type ChildProcess, spawn } from "node:child_process"
import type { Socket } from "node:net"
import { fileURLToPath } from "node:url"
import { workerExecArgv } from "../node/exec-argv.ts"
import type { WorkerExit, WorkerLink, WorkerListener, WorkerTransport } from "../pool/transport.ts"
import type { FromWorker, ToWorker } from "../worker/envelopes.ts"
import { control, type ControlRecord, encodeRecord, RecordReader } from "./control-records.ts"
import { encodeFrame, FrameReader } from "./frames.ts"
import { killGroup } from "./kill-group.ts"
import { controlFd, dataFd, type ProcessData } from "./process-data.ts"

export interface ProcessOptions {
  readonly setup: string | undefined
  readonly tellMemory: boolean
  readonly maxHeapMb: number | undefined
  readonly env: Readonly<Record<string, string | undefined>> | undefined
  readonly execArgv: readonly string[] | undefined
}

const entry = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./entry.ts" : "./entry.js", import.meta.url))

/** What V8 says of its abort is there at once, unless this program itself has been held up. */
const lastWordsMs = 2000

/** Child processes, each the leader of a process group of its own: batches over one pipe, what is urgent over another. */
export class ProcessTransport implements WorkerTransport {
  readonly place = "a process"
  readonly handOverMs = 1
  readonly canMove = false
  readonly clone = encodeFrame
  readonly #options: ProcessOptions

  constructor(options: ProcessOptions) {
    this.#options = options
  }

  spawn(listener: WorkerListener): WorkerLink {
    return new ProcessLink(this.#options, listener)
  }
}

class ProcessLink implements WorkerLink {
  readonly #listener: WorkerListener
  readonly #child: ChildProcess
  readonly #data: Socket
  readonly #control: Socket
  readonly #stdout: Socket
  readonly #stderr: Socket
  #held = true
  #gone = false
  /** Bytes that its bodies have printed. */
  #printed = 0
  /** The end of what it has written there: V8 says why it aborts. */
  #lastLines = ""

  constructor({ setup, tellMemory, maxHeapMb, env, execArgv }: ProcessOptions, listener: WorkerListener) {
    this.#listener = listener
    const own = workerExecArgv(process.execArgv, execArgv)
    const data: ProcessData = { ...(setup === undefined ? {} : { setup }), tsx: own.tsx, tellMemory }
    const heap = maxHeapMb === undefined ? [] : [`--max-old-space-size=${maxHeapMb}`]
    this.#child = spawn(process.execPath, [...own.execArgv, ...heap, entry, JSON.stringify(data)], {
      // Leader of a group of its own: one signal reaches all that it starts, and Ctrl-C in a terminal does not reach it.
      detached: true,
      // What bodies print goes through this program's own streams, so that whoever draws on the terminal knows of it.
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
      env: { ...process.env, ...env },
    })
    // At once: what comes in the next turn and finds no listener ends the program.
    this.#child.on("error", (error) => {
      if (this.#child.pid === undefined && !this.#gone) this.#listener.exited({ error })
    })
    // Only when it has run out of descriptors does Node give up before it has made any pipes.
    if (!this.#child.stdout) {
      this.#gone = true
      throw new Error(
        "Cannot start a process: too many files are open (EMFILE or ENFILE); raise the limit (ulimit -n), or open fewer at once",
      )
    }
    this.#stdout = this.#child.stdout as Socket
    this.#stderr = this.#child.stderr as Socket
    this.#data = this.#child.stdio[dataFd] as Socket
    this.#control = this.#child.stdio[controlFd] as Socket
    this.#listen()
  }

  post(batch: readonly ToWorker[]): void {
    this.#data.write(encodeFrame(batch))
  }

  revoke(slot: number, ticket: number): void {
    this.#control.write(encodeRecord(control.revoke, slot, ticket, 0))
  }

  abort(slot: number, ticket: number): void {
    this.#control.write(encodeRecord(control.abort, slot, ticket, 0))
  }

  sample(slot: number, ticket: number): void {
    this.#control.write(encodeRecord(control.sample, slot, ticket, 0))
  }

  hold(held: boolean): void {
    // Others may hold its streams open for ever: nobody waits for those any more.
    if (this.#gone) return
    this.#held = held
    if (held) this.#keepAlive(true)
    else this.#letGoWhenQuiet()
  }

  /** What an ended body has printed is on its way: the program may not end before it has been read. */
  #letGoWhenQuiet(turns = 2): void {
    const printed = this.#printed
    setImmediate(() => {
      if (this.#held) return
      if (this.#printed !== printed) this.#letGoWhenQuiet()
      else if (turns > 1) this.#letGoWhenQuiet(turns - 1)
      else if (this.#gone) for (const stream of [this.#stdout, this.#stderr]) stream.destroy()
      else this.#keepAlive(false)
    })
  }

  #keepAlive(held: boolean): void {
    for (const handle of [this.#child, this.#data, this.#control, this.#stdout, this.#stderr]) {
      if (held) handle.ref()
      else handle.unref()
    }
  }

  terminate(): void {
    // Later its number may be another's.
    if (this.#child.pid !== undefined && !this.#gone) killGroup(this.#child.pid)
  }

  #listen(): void {
    const frames = new FrameReader(
      (said) => this.#listener.batch(said as readonly FromWorker[]),
      (error) => this.#listener.unreadable(error),
    )
    this.#data.on("data", (chunk: Buffer) => frames.push(chunk))
    const records = new RecordReader((record) => this.#obey(record))
    this.#control.on("data", (chunk: Buffer) => records.push(chunk))
    this.#stdout.on("data", (chunk: Buffer) => {
      this.#printed += chunk.length
      process.stdout.write(chunk)
    })
    this.#stderr.on("data", (chunk: Buffer) => {
      this.#printed += chunk.length
      process.stderr.write(chunk)
      this.#lastLines = (this.#lastLines + chunk.toString("latin1")).slice(-4096)
    })
    // A pipe whose other end is gone is no news: the exit is.
    for (const pipe of [this.#data, this.#control, this.#stdout, this.#stderr]) pipe.on("error", () => {})
    this.#child.on("exit", (code, signal) => void this.#exited(code, signal))
  }

  #obey({ kind, slot, ticket, value }: ControlRecord): void {
    switch (kind) {
      case control.revoke:
        return this.#listener.revoked(slot, ticket, value === 1)
      case control.sample:
        return this.#listener.progress(slot, ticket, value)
    }
  }

  async #exited(exitCode: number | null, signal: NodeJS.Signals | null): Promise<void> {
    // What it has started and left behind. Who has left its group may hold its streams open for ever: they are let go as well.
    this.terminate()
    this.#held = false
    this.#gone = true
    this.#letGoWhenQuiet()
    await closed(this.#data)
    const aborted = signal === "SIGABRT" || exitCode === 134
    // What V8 has to say is there; what another process still holds open is not waited for.
    if (aborted) await Promise.race([closed(this.#stderr), new Promise((resolve) => setTimeout(resolve, lastWordsMs))])
    this.#control.destroy()
    const exit: WorkerExit = {
      ...(exitCode === null ? {} : { exitCode }),
      ...(signal === null ? {} : { signal }),
      ...(aborted && /heap out of memory/.test(this.#lastLines) ? { outOfMemory: true } : {}),
    }
    this.#listener.exited(exit)
  }
}

/** All that was in the pipe has been read. */
function closed(pipe: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (pipe.closed) resolve()
    else pipe.once("close", () => resolve())
  })
}
