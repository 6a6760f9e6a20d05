import { SlotTable } from "../worker/slot-table.ts"
import type { Crew } from "./crew.ts"
import { Pace } from "./pace.ts"
import type { PooledAttempt } from "./pooled-attempt.ts"
import type { PoolWorker } from "./pool-worker.ts"
import { WaitingLine } from "./waiting-line.ts"
import { Watch } from "./watch.ts"
import type { ExecutorHost } from "../../../runtime/ports/executor.ts"
import { giveUp } from "./give-up.ts"

/** Who gets which: waiting attempts on one side, workers with room on the other. */
export class Assignment {
  readonly line = new WaitingLine()
  readonly pace: Pace
  readonly #crew: Crew
  readonly #watch: Watch
  /** Attempts that were taken back from a worker to be given to another one. */
  stolen = 0

  constructor(crew: Crew, host: ExecutorHost, handOverMs: number) {
    this.#crew = crew
    this.pace = new Pace(handOverMs, SlotTable.size)
    this.#watch = new Watch(host.clock, crew, {
      recall: (worker) => this.recall(worker.offeredAttempts()),
      replace: (deaf) => this.replace(deaf),
      giveUp: (worker) => giveUp(worker, (message) => host.warn(message)),
      lookAgain: () => this.#balance(true),
    })
  }

  /** Hands out what waits, as far as there are hands. */
  assign(): void {
    const { line } = this
    for (let next = line.first; next !== undefined; next = line.first) {
      const worker = this.#crew.freeHand ?? this.#workerAheadOf(next)
      if (worker === undefined) break
      line.shift()
      worker.offer(next)
      this.#watch.start()
    }
    if (line.isEmpty) this.#balance(false)
    else this.#crew.startFor(line.length)
  }

  /** Takes back what has not begun, to give it to somebody else. */
  recall(offered: readonly PooledAttempt[]): void {
    for (const pooled of offered) {
      if (pooled.state !== "offered" || pooled.moved) continue
      this.stolen++
      pooled.worker?.takeBack(pooled, "recalled")
    }
  }

  /** These bodies' workers are being killed, or soon will be. */
  replace(deaf: readonly PooledAttempt[]): void {
    const next = this.line.first ?? deaf[0]
    if (next !== undefined) this.#crew.startSuccessors(deaf.length, next.pace)
  }

  /** What was taken back, or never begun by a worker that died, is the next to be handed out. */
  waitAgain(pooled: PooledAttempt): void {
    pooled.state = "waiting"
    pooled.worker = undefined
    this.line.addFirst(pooled)
  }

  stop(): void {
    this.#watch.stop()
  }

  /** The busy worker that will run out of work first, if it wants more before it does. */
  #workerAheadOf(next: PooledAttempt): PoolWorker | undefined {
    // What moves into a worker could not be taken back from it.
    if (next.transfers !== undefined) return undefined
    let least: PoolWorker | undefined
    for (const worker of this.#crew.workers) {
      if (worker.state !== "busy" || !this.#wantsMore(worker) || this.#crew.isDue(worker)) continue
      if (least === undefined || worker.waitingMs < least.waitingMs) least = worker
    }
    return least
  }

  /** From where it runs low until it has enough: so it gets much at a time, and each meal is one message. */
  #wantsMore(worker: PoolWorker): boolean {
    const { waitingMs, running, freeSlots } = worker
    if (!worker.isFilling) worker.isFilling = freeSlots >= SlotTable.size / 2 && this.pace.isLow(waitingMs)
    if (freeSlots === 0 || !this.pace.allowsBehind(running?.expectedMs ?? 0, waitingMs)) worker.isFilling = false
    return worker.isFilling
  }

  /**
   * Idle hands, and nothing waits for them: half of what the busiest worker has not begun is theirs. Work that is expected to be
   * done before it could change hands is left where it is; when it turns out that it was not, `sure`, it changes hands all the
   * same.
   */
  #balance(sure: boolean): void {
    if (this.#crew.freeHand === undefined) return
    let busiest: PoolWorker | undefined
    for (const worker of this.#crew.workers) {
      if (worker.spare > 0 && (busiest === undefined || worker.waitingMs > busiest.waitingMs)) busiest = worker
    }
    if (busiest === undefined) return
    if (sure || this.pace.isWorthMoving((busiest.running?.expectedMs ?? 0) + busiest.waitingMs)) {
      this.recall(busiest.offeredAttempts().slice(0, Math.ceil(busiest.spare / 2)))
    } else {
      this.#watch.lookAgainAt(busiest)
    }
  }
}
