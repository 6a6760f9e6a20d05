import type { WorkerState } from "../../../machines/worker/lifecycle.ts"
import {
  type EarlyDeaths,
  isIntensityExceeded,
  noteEarlyDeath,
  type RestartIntensity,
} from "../../../machines/worker/restart-intensity.ts"
import { asError } from "../../../runtime/failure/codec/as-error.ts"
import type { ExecutorHost } from "../../../runtime/ports/executor.ts"
import { forbidWorkersWhileImporting } from "../worker/import-guard.ts"
import type { DefinitionPace } from "./pace.ts"
import { PoolWorker } from "./pool-worker.ts"
import type { WorkerExit, WorkerTransport } from "./transport.ts"
import type { WorkerOwner } from "./worker-owner.ts"

/** Nobody needs a worker that has been idle for so long while others worked. */
const lingerMs = 1000

/** What the platform has refused, descriptors or memory for instance, may be there again so much later. */
const refusedMs = 250

export interface CrewLimits {
  /** Until a worker is ready, until it has begun what it was given, and until the module of a child that it runs is imported. */
  readonly startTimeoutMs: number
  readonly restarts: RestartIntensity
  /** A worker that has had so many tasks, or uses so many bytes, ends when it is idle next. */
  readonly recycle: { readonly tasks: number; readonly memory: number }
}

/** The workers of a pool: started when there is work, used again, replaced when they die, and given up when that is no use. */
export class Crew {
  readonly #transport: WorkerTransport
  readonly #limits: CrewLimits
  readonly #host: ExecutorHost
  readonly #owner: WorkerOwner
  readonly #workers = new Set<PoolWorker>()
  /** The one that became idle last is the first to work again: its caches are warm, and the others may be let go. */
  readonly #idle: PoolWorker[] = []
  readonly #count: Record<WorkerState, number> = {
    starting: 0,
    idle: 0,
    busy: 0,
    lending: 0,
    passing: 0,
    stopping: 0,
    stopped: 0,
    crashed: 0,
  }
  /** Started ahead of a kill, with the definition that is likely to come first. */
  readonly #successors = new WeakMap<PoolWorker, DefinitionPace>()
  /** How many workers there are beyond those that would be there without successors. */
  #surplus = 0
  #started = 0
  #recycled = 0
  #earlyDeaths: EarlyDeaths = []
  /** Time in which workers were waited for in vain: it does not count for `restarts`, or those would never be too many. */
  #lostMs = 0
  #broken: Error | undefined
  #whenEmpty: (() => void) | undefined
  readonly #startAgain: () => void
  /** The platform has refused to make a worker: none is asked for before this timer is over. */
  #refused: unknown

  /** @param startAgain Asks for the workers that are wanted: the platform may make them now. */
  constructor(
    transport: WorkerTransport,
    limits: CrewLimits,
    host: ExecutorHost,
    owner: WorkerOwner,
    startAgain: () => void,
  ) {
    this.#transport = transport
    this.#limits = limits
    this.#host = host
    this.#owner = owner
    this.#startAgain = startAgain
  }

  get startTimeoutMs(): number {
    return this.#limits.startTimeoutMs
  }

  /** Why it starts no workers any more. */
  get broken(): Error | undefined {
    return this.#broken
  }

  get workers(): Iterable<PoolWorker> {
    return this.#workers
  }

  /** Workers on their way out, whose slots will be free soon. */
  get leaving(): number {
    return this.#count.stopping
  }

  /** An idle worker that may work now. A body that waits for a child does not count as one that works. */
  get freeHand(): PoolWorker | undefined {
    return this.#count.busy < this.#host.concurrency ? this.#idle.findLast(({ isSpent }) => !isSpent) : undefined
  }

  /** A worker's state has changed. */
  changed(worker: PoolWorker, before: WorkerState, after: WorkerState): void {
    this.#count[before]--
    this.#count[after]++
    if (after === "idle") {
      worker.idleSince = this.#host.clock.monotonic()
      this.#idle.push(worker)
    } else if (before === "idle") this.#idle.splice(this.#idle.lastIndexOf(worker), 1)
    if (before === "starting" && after === "idle") this.#prepare(worker)
  }

  /** A worker does not get ready. */
  giveUpStart(worker: PoolWorker): void {
    const { startTimeoutMs } = this.#limits
    const why = `Cannot prepare ${this.#transport.place}: it was not ready within ${startTimeoutMs} ms (startTimeout), because its set-up does not end or keeps its thread`
    this.#host.warn(why)
    worker.terminate()
    this.#lostMs += startTimeoutMs
    this.#diedEarly(new Error(why), {})
  }

  /** Starts as many workers as `waiting` attempts and the slots ask for. */
  startFor(waiting: number): void {
    for (let missing = waiting - this.#count.starting; missing > 0; missing--) {
      // Those that import what nobody wants any more are not waited for, but not more of them than slots.
      if ([...this.#workers].filter(({ passing }) => passing !== undefined).length > this.#host.concurrency) return
      if (this.#count.busy + this.#count.starting >= this.#host.concurrency) return
      if (this.#start() === undefined) return
    }
  }

  /**
   * So many workers are being killed, or soon will be: what waits finds another one ready when their slots are free. At most one
   * for each of them, and none where hands are idle already.
   */
  startSuccessors(lost: number, likely: DefinitionPace): void {
    const { idle, starting } = this.#count
    for (let missing = Math.min(lost, this.#host.pending()) - idle - starting; missing > 0; missing--) {
      const worker = this.#start()
      if (worker === undefined) return
      this.#successors.set(worker, likely)
      this.#surplus++
    }
  }

  /** True for a worker that should get no more work: its time is over. */
  isDue(worker: PoolWorker): boolean {
    const { tasks, memory } = this.#limits.recycle
    return worker.isSpent || worker.tasks + worker.inHand >= tasks || worker.memory > memory
  }

  /** A worker has nothing in hand, and no children of its bodies: lets it go if its time is over, and others if there are far more of them than slots. */
  tidy(worker: PoolWorker): void {
    if (worker.state !== "idle" || (worker.desks.size > 0 && !worker.isSpent)) return
    const due = this.isDue(worker)
    // There is a successor of somebody who was not killed after all.
    const isUnneeded = this.#surplus > 0 && this.#idle.length > 1 && this.#count.stopping === 0
    if (!due && !isUnneeded) return this.#letSurplusGo()
    if (due) this.#recycled++
    worker.retire()
  }

  /**
   * More workers than slots are there because bodies waited for their children, and may do so again. So twice as many are kept, and
   * more than those for as long as there is work and they have not been idle for long: starting one costs what thousands of short
   * tasks do.
   */
  #letSurplusGo(): void {
    const { starting, busy, lending, passing } = this.#count
    const isQuiet = starting + busy + lending + passing === 0
    const now = this.#host.clock.monotonic()
    for (const first of [...this.#idle]) {
      if (starting + busy + this.#count.idle <= 2 * this.#host.concurrency) return
      if (!isQuiet && now - first.idleSince < lingerMs) return
      if (first.desks.size > 0) continue
      first.retire()
    }
  }

  /** A worker is gone. */
  exited(worker: PoolWorker, exit: WorkerExit, before: WorkerState): void {
    this.#workers.delete(worker)
    if (this.#surplus > 0) this.#surplus--
    if (before === "starting") this.#diedEarly(worker.lastWords ?? exit.error, exit)
    if (this.#workers.size === 0) this.#whenEmpty?.()
  }

  /** Ends all workers by force; starts none any more. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenEmpty = resolve
      if (this.#refused !== undefined) this.#host.clock.clearTimeout(this.#refused)
      for (const worker of this.#workers) worker.terminate()
      if (this.#workers.size === 0) resolve()
    })
  }

  stats(): Readonly<Record<string, unknown>> {
    const { starting, idle, busy, lending, passing, stopping, crashed } = this.#count
    return {
      workers: { starting, idle, busy, lending, passing, stopping },
      started: this.#started,
      crashed,
      recycled: this.#recycled,
      ...(this.#broken === undefined ? {} : { broken: this.#broken.message }),
    }
  }

  #prepare(worker: PoolWorker): void {
    const likely = this.#successors.get(worker)
    if (likely === undefined) return
    this.tidy(worker)
    if (worker.state === "idle") worker.prepare(likely)
  }

  #start(): PoolWorker | undefined {
    if (this.#broken !== undefined || this.#whenEmpty !== undefined || this.#refused !== undefined) return undefined
    try {
      forbidWorkersWhileImporting()
    } catch (error) {
      this.#break(asError(error))
      return undefined
    }
    try {
      const worker = new PoolWorker(this.#transport, this.#owner)
      this.#started++
      this.#count.starting++
      this.#workers.add(worker)
      return worker
    } catch (error) {
      this.#diedEarly(error, {})
      if (this.#broken === undefined) this.#tryLater()
      return undefined
    }
  }

  /** No exit will follow, so nobody else would ask again: often enough within the time of `restarts` that it can be exceeded. */
  #tryLater(): void {
    const { limit, withinMs } = this.#limits.restarts
    this.#refused = this.#host.clock.setTimeout(
      () => {
        this.#refused = undefined
        this.#startAgain()
      },
      Math.min(refusedMs, withinMs / (2 * (limit + 1))),
    )
  }

  #diedEarly(cause: unknown, exit: WorkerExit): void {
    const { restarts } = this.#limits
    this.#earlyDeaths = noteEarlyDeath(this.#earlyDeaths, this.#host.clock.monotonic() - this.#lostMs, restarts)
    if (!isIntensityExceeded(this.#earlyDeaths, restarts)) return
    const { place } = this.#transport
    const why =
      cause === undefined
        ? `Cannot prepare ${place}: it exited with ${exit.signal ?? `code ${exit.exitCode}`} before it was ready`
        : asError(cause).message
    this.#break(
      new Error(`${why} (${this.#earlyDeaths.length} of them within ${restarts.withinMs} ms: no more are started)`, {
        cause: cause === undefined ? undefined : asError(cause),
      }),
    )
  }

  #break(reason: Error): void {
    if (this.#broken !== undefined) return
    this.#broken = reason
    this.#host.warn(`No more tasks can be run in ${this.#transport.place}`, reason)
  }
}
