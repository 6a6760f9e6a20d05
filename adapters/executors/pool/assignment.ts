import { SlotTable } from "../worker/slot-table.ts"
import type { Crew } from "./crew.ts"
import { Pace } from "./pace.ts"
import type { PooledAttempt } from "./pooled-attempt.ts"
import type { PoolWorker } from "./pool-worker.ts"
import type { RankCount } from "./rank-count.ts"
import { WaitingLine } from "./waiting-line.ts"
import { Watch } from "./watch.ts"
import type { ExecutorHost } from "../../../runtime/ports/executor.ts"
import { giveUp } from "./fault.ts"

/** Who gets which: waiting attempts on one side, workers with room on the other. */
export class Assignment {
  readonly line = new WaitingLine()
  readonly pace: Pace
  readonly #crew: Crew
  /** What workers have and have not begun. */
  readonly #offered: RankCount
  readonly #watch: Watch
  #assigning = false
  /** Attempts that were taken back from a worker to be given to another one. */
  stolen = 0

  constructor(crew: Crew, offered: RankCount, host: ExecutorHost, startTimeoutMs: number, handOverMs: number) {
    this.#crew = crew
    this.#offered = offered
    this.pace = new Pace(handOverMs, SlotTable.size)
    this.#watch = new Watch(host.clock, crew, startTimeoutMs, {
      recall: (worker) => this.recall(worker.offeredAttempts()),
      replace: (deaf) => this.replace(deaf),
      giveUp: (worker) => giveUp(worker, crew, host),
      goOnWithout: (worker) => {
        worker.send("pass")
        this.assign()
      },
      lookAgain: () => this.assign(true),
    })
  }

  /**
   * Hands out what waits, as far as there are hands.
   *
   * @param sure Idle hands have waited for longer than the work that they could have had was to last.
   */
  assign(sure = false): void {
    // What follows from what is done here comes back to here.
    if (this.#assigning) return
    this.#assigning = true
    try {
      this.#handOut()
      if (this.line.isEmpty) {
        if (this.#balance(sure)) this.#handOut()
      } else {
        this.#crew.startFor(this.line.length)
        this.#watch.start()
      }
    } finally {
      this.#assigning = false
    }
    const { broken } = this.#crew
    if (broken === undefined) return
    for (const pooled of this.line.clear()) pooled.fail({ type: "setup", error: broken })
  }

  /** Takes back what has not begun, to give it to somebody else. */
  recall(offered: readonly PooledAttempt[]): void {
    const isInner = this.#assigning
    this.#assigning = true
    for (const pooled of offered) {
      if (!isRecallable(pooled)) continue
      this.stolen++
      pooled.worker?.takeBack(pooled, "recalled")
    }
    if (isInner) return
    // All of it is there now, as far as it comes back at once.
    this.#assigning = false
    this.assign()
  }

  /** These bodies' workers are being killed, or soon will be. */
  replace(deaf: readonly PooledAttempt[]): void {
    const next = this.line.first ?? deaf[0]
    if (next !== undefined) this.#crew.startSuccessors(deaf.length, next.pace)
  }

  /** What was taken back, or never begun by a worker that died, is the next of its rank to be handed out. */
  waitAgain(pooled: PooledAttempt): void {
    pooled.state = "waiting"
    pooled.worker = undefined
    this.line.addFirst(pooled)
  }

  watch(): void {
    this.#watch.start()
  }

  stop(): void {
    this.#watch.stop()
  }

  #handOut(): void {
    const { line } = this
    for (let next = line.first; next !== undefined; next = line.first) {
      const worker = this.#handFor(next)
      if (worker === undefined) return
      // Somebody more important has been taken back for this hand.
      if (line.first !== next) continue
      line.drop(next)
      worker.offer(next)
      this.#watch.start()
    }
  }

  /** Who is to begin it. Nobody for now: it waits, or somebody more important is being taken back for the hand that is free. */
  #handFor(next: PooledAttempt): PoolWorker | undefined {
    const { freeHand } = this.#crew
    if (freeHand === undefined) {
      this.#makeWay(next)
      return this.#crew.freeHand ?? this.#workerAheadOf(next)
    }
    const better = this.#offered.highest > next.rank ? this.#spareAbove(next.rank) : undefined
    if (better === undefined) return freeHand
    this.recall([better])
    return better.state === "recalled" ? undefined : freeHand
  }

  /** Nothing less important begins before it: what has not begun is taken back. */
  #makeWay({ rank }: PooledAttempt): void {
    if (this.#offered.lowest >= rank) return
    for (const worker of this.#crew.workers) {
      if (worker.waiting > 0) this.recall(worker.offeredAttempts().filter((offered) => offered.rank < rank))
    }
  }

  /** The first one above a rank that waits in a worker behind something else. */
  #spareAbove(rank: number): PooledAttempt | undefined {
    let first: PooledAttempt | undefined
    for (const worker of this.#crew.workers) {
      if (worker.spare <= 0) continue
      for (const pooled of worker.offeredAttempts()) {
        if (pooled.rank <= rank || pooled === worker.oldest || !isRecallable(pooled)) continue
        if (first === undefined || isAhead(pooled, first)) first = pooled
      }
    }
    return first
  }

  /** The busy worker that will run out of work first, if it wants more before it does. */
  #workerAheadOf(next: PooledAttempt): PoolWorker | undefined {
    // What moves into a worker could not be taken back from it; and what may end a worker is to do so alone.
    if (next.transfers !== undefined || next.lostWorkers > 0) return undefined
    // It could begin before what is more important, if that waits behind a slower body.
    if (this.#offered.highest > next.rank) return undefined
    let least: PoolWorker | undefined
    for (const worker of this.#crew.workers) {
      if (worker.state !== "busy" || !this.#wantsMore(worker) || this.#crew.isDue(worker)) continue
      if (worker.oldest !== undefined && worker.oldest.lostWorkers > 0) continue
      if (least === undefined || worker.waitingMs < least.waitingMs) least = worker
    }
    return least
  }

  /** From where it runs low until it has enough: so it gets much at a time, and each meal is one message. */
  #wantsMore(worker: PoolWorker): boolean {
    const { waitingMs, running, freeSlots, passing } = worker
    if (passing !== undefined) return false
    if (!worker.isFilling) worker.isFilling = freeSlots >= SlotTable.size / 2 && this.pace.isLow(waitingMs)
    if (freeSlots === 0 || !this.pace.allowsBehind(running?.expectedMs ?? 0, waitingMs)) worker.isFilling = false
    return worker.isFilling
  }

  /**
   * Idle hands, and nothing waits for them: half of what the busiest worker has not begun is theirs. Work that is expected to be
   * done before it could change hands is left where it is; when it turns out that it was not, `sure`, it changes hands all the
   * same. True when something has been asked back.
   */
  #balance(sure: boolean): boolean {
    if (this.#crew.freeHand === undefined) return false
    let busiest: PoolWorker | undefined
    for (const worker of this.#crew.workers) {
      if (worker.spare > 0 && (busiest === undefined || worker.waitingMs > busiest.waitingMs)) busiest = worker
    }
    if (busiest === undefined) return false
    if (sure || this.pace.isWorthMoving((busiest.running?.expectedMs ?? 0) + busiest.waitingMs)) {
      this.recall(busiest.offeredAttempts().slice(0, Math.ceil(busiest.spare / 2)))
      return true
    }
    this.#watch.lookAgainAt(busiest)
    return false
  }
}

function isRecallable({ state, moved }: PooledAttempt): boolean {
  return state === "offered" && !moved
}

function isAhead(a: PooledAttempt, b: PooledAttempt): boolean {
  return a.rank > b.rank || (a.rank === b.rank && a.serial < b.serial)
}
