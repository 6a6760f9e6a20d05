import type { WorkerState } from "../../../machines/worker/lifecycle.ts"
import { decodeError } from "../../../runtime/failure/codec/decode-error.ts"
import type { Exit } from "effect/Exit"
import type { TaskFailure } from "../../../machines/task/outcome.ts"
import { markedTransfers } from "../../../runtime/context/transfer.ts"
import type { Attempt, ExecutorHost } from "../../../runtime/ports/executor.ts"
import { type FromWorker, fromWorker } from "../worker/envelopes.ts"
import { Assignment } from "./assignment.ts"
import { Crew, type CrewLimits } from "./crew.ts"
import { crash, diedBefore, hasNotRead, hasSentUnreadable, hasThrown, unreadableOutput } from "./fault.ts"
import { deliver, deliverToDesk, settle, tellProgress } from "./mail.ts"
import { PooledAttempt } from "./pooled-attempt.ts"
import type { PoolWorker } from "./pool-worker.ts"
import { RankCount } from "./rank-count.ts"
import type { WorkerExit, WorkerTransport } from "./transport.ts"
import type { WorkerOwner } from "./worker-owner.ts"

/** Attempts on one side, workers on the other: who gets which, and what becomes of it when either of them ends. */
export class Pool implements WorkerOwner {
  readonly offered = new RankCount()
  readonly #host: ExecutorHost
  readonly #canMove: boolean
  readonly #crew: Crew
  readonly #assignment: Assignment
  #closed = false
  #serial = 0
  #tasks = 0

  constructor(transport: WorkerTransport, limits: CrewLimits, host: ExecutorHost) {
    this.#host = host
    this.#canMove = transport.canMove
    this.#crew = new Crew(transport, limits, host, this, () => this.#assignment.assign())
    this.#assignment = new Assignment(this.#crew, this.offered, host, limits.startTimeoutMs, transport.handOverMs)
  }

  // ------------------------------------------------------------------------------------------------ what the executor asks

  /** How many attempts beyond the slots are wanted, if the next one is of this rank. */
  ahead(rank: number): number {
    const { line, pace } = this.#assignment
    // What is less important and has not begun waits for this one, if this one is here when a slot is free.
    const behind = line.below(rank) + this.offered.below(rank)
    const each = behind === 0 ? pace.ahead : Math.max(pace.ahead, 1)
    // The slot of a worker that is being killed is as good as free: whoever gets it can have its worker started now.
    return (each === 0 ? 0 : each * this.#host.concurrency) + this.#crew.leaving + behind
  }

  take(attempt: Attempt, end: (exit: Exit<unknown, TaskFailure>) => void): PooledAttempt {
    const { taskName, module = "" } = attempt.definition
    const pace = this.#assignment.pace.of(taskName, module)
    const transfers = this.#canMove ? markedTransfers(attempt.args) : undefined
    const pooled = new PooledAttempt(this.#serial++, attempt, pace, transfers, end)
    attempt.onAbort(() => this.#abort(pooled))
    if (pooled.state !== "waiting") return pooled
    if (this.#closed) pooled.drop()
    else if (this.#crew.broken !== undefined) pooled.fail({ type: "setup", error: this.#crew.broken })
    else {
      this.#assignment.line.add(pooled)
      this.#assignment.assign()
    }
    return pooled
  }

  /** Ends an attempt by force; `whenGone` is called when nothing of it runs any more. */
  kill(pooled: PooledAttempt, whenGone: () => void): void {
    const { worker, state } = pooled
    if (state === "ended") return whenGone()
    pooled.kill(whenGone)
    if (state === "waiting" || worker === undefined) return pooled.drop()
    if (state === "running") return this.#terminate(worker)
    worker.takeBack(pooled, "withdrawn")
    // Another body may run there. But one that does not answer is no worker any more.
    pooled.whenOverdue(() => this.#terminate(worker))
  }

  lend(attempt: Attempt, waiting: boolean): void {
    for (const worker of this.#crew.workers) {
      if (worker.running?.attempt !== attempt) continue
      worker.send(waiting ? "lend" : "resume")
      this.#assignment.recall(waiting ? worker.offeredAttempts() : [])
      return
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#assignment.stop()
    for (const pooled of this.#assignment.line.clear()) pooled.drop()
    await this.#crew.close()
  }

  stats(): Readonly<Record<string, unknown>> {
    const { line, stolen, pace } = this.#assignment
    return { ...this.#crew.stats(), tasks: this.#tasks, waiting: line.length, stolen, ahead: pace.ahead }
  }

  // ------------------------------------------------------------------------------------------------- asking for the end

  #abort(pooled: PooledAttempt): void {
    switch (pooled.state) {
      case "waiting":
        return pooled.drop()
      case "offered":
      case "recalled":
        return pooled.worker?.takeBack(pooled, "withdrawn")
      case "running":
        return pooled.worker?.abort(pooled)
      case "withdrawn":
      case "ended":
        return
    }
  }

  #terminate(worker: PoolWorker): void {
    const { running } = worker
    worker.terminate()
    // What waits gets its worker now, and not when the old one is gone.
    if (running !== undefined) this.#assignment.replace([running])
    this.#assignment.recall(worker.offeredAttempts())
    this.#host.ready()
  }

  /** It is free again, if it has nothing else in hand. */
  #passed(worker: PoolWorker, ticket: number): void {
    worker.passed(ticket)
    this.#crew.tidy(worker)
  }

  #release(worker: PoolWorker, pooled: PooledAttempt): void {
    worker.release(pooled)
    this.#crew.tidy(worker)
  }

  // ------------------------------------------------------------------------------------------------ what the workers tell

  received(worker: PoolWorker, envelope: FromWorker): void {
    switch (envelope[0]) {
      case fromWorker.ready:
        worker.send("ready")
        return this.#crew.tidy(worker)
      case fromWorker.unready:
        worker.lastWords = decodeError(envelope[1])
        return
      case fromWorker.started:
        return this.begun(worker, envelope[1])
      case fromWorker.returned:
      case fromWorker.threw:
      case fromWorker.unsendable: {
        const pooled = worker.offered(envelope[1])
        if (pooled === undefined) return
        this.#through(worker, pooled, envelope[3])
        const desk = worker.desks.get(envelope[1])
        if (desk === undefined) return settle(pooled, envelope)
        // The worker has other work now, whatever becomes of this attempt.
        pooled.worker = undefined
        return desk.whenAllAreHere(() => settle(pooled, envelope))
      }
      case fromWorker.unloadable: {
        const pooled = worker.offered(envelope[1])
        if (pooled === undefined) return this.#passed(worker, envelope[1])
        this.#release(worker, pooled)
        return pooled.fail({ type: "setup", error: decodeError(envelope[2]) })
      }
      case fromWorker.passed:
        return this.#passed(worker, envelope[1])
      case fromWorker.collect:
        // Which has happened: all that was in shared memory is read before a batch.
        return
      case fromWorker.memory:
        worker.memory = envelope[1]
        return this.#crew.tidy(worker)
      case fromWorker.uncaught:
        hasThrown(worker, this.#host, decodeError(envelope[1]))
        return this.#assignment.recall(worker.offeredAttempts())
      case fromWorker.unread:
        hasNotRead(worker, envelope[1], this.#host, decodeError(envelope[2]))
        this.#crew.tidy(worker)
        return this.#assignment.recall(worker.offeredAttempts())
      case fromWorker.message:
      case fromWorker.event:
      case fromWorker.ask:
      case fromWorker.log:
      case fromWorker.runChild:
        return deliver(worker, envelope, this.#crew.startTimeoutMs)
      case fromWorker.childrenGone:
        worker.desks.delete(envelope[1])
        return this.#crew.tidy(worker)
      default:
        return deliverToDesk(worker, envelope)
    }
  }

  begun(worker: PoolWorker, ticket: number): void {
    const pooled = worker.begin(ticket)
    if (pooled === undefined) return
    const { state } = pooled
    pooled.state = "running"
    pooled.attempt.started()
    if (state === "withdrawn") this.#tooLate(worker, pooled)
  }

  ended(worker: PoolWorker, pooled: PooledAttempt, progress: number, took: number, value: unknown): void {
    this.#through(worker, pooled, took)
    tellProgress(pooled, progress)
    pooled.succeed(value)
  }

  heard(): void {
    this.#assignment.assign()
  }

  /** A body has ended. */
  #through(worker: PoolWorker, pooled: PooledAttempt, took: number): void {
    worker.tasks++
    this.#tasks++
    this.#release(worker, pooled)
    if (this.#assignment.pace.took(pooled.pace, took)) this.#host.ready()
  }

  /** What should have been taken back has begun. */
  #tooLate(worker: PoolWorker, pooled: PooledAttempt): void {
    if (pooled.isKilled) this.#terminate(worker)
    else worker.abort(pooled)
  }

  revoked(worker: PoolWorker, pooled: PooledAttempt, won: boolean): void {
    const { state } = pooled
    // It has begun meanwhile, and all that follows from that has been done.
    if (state !== "recalled" && state !== "withdrawn") return
    if (!won) {
      // Where the pool can see that it has begun, it is told so before it is aborted.
      worker.look()
      if (pooled.state !== state) return
      pooled.state = "offered"
      if (state === "withdrawn") this.#tooLate(worker, pooled)
      // A hand may have been kept free for it.
      this.#assignment.assign()
      return
    }
    // What waits behind an import that nobody wants any more need not.
    if (state === "withdrawn" && worker.awaitPassing(pooled)) this.#assignment.recall(worker.offeredAttempts())
    this.#release(worker, pooled)
    if (state === "recalled") this.#assignment.waitAgain(pooled)
    else pooled.drop()
    this.#assignment.assign()
  }

  progressed(pooled: PooledAttempt, fraction: number): void {
    // Two lines lead here from a child process, and what comes by this one may be older.
    if (pooled.state === "running" && fraction > pooled.progress) tellProgress(pooled, fraction)
  }

  refused(worker: PoolWorker, pooled: PooledAttempt, path: string | undefined): void {
    this.#release(worker, pooled)
    pooled.fail({ type: "serialization", side: "input", ...(path === undefined ? {} : { path }) })
    this.#assignment.assign()
  }

  changed(worker: PoolWorker, before: WorkerState, after: WorkerState): void {
    this.#crew.changed(worker, before, after)
    if (after === "stopping" && !this.#closed) this.#assignment.watch()
  }

  warn(message: string, cause?: unknown): void {
    this.#host.warn(message, cause)
  }

  exited(worker: PoolWorker, exit: WorkerExit, before: WorkerState): void {
    const { running } = worker
    for (const desk of worker.desks.values()) desk.lost()
    if (before !== "stopping") diedBefore(worker, exit)
    for (const culprit of worker.condemned) culprit.fail(unreadableOutput)
    if (running !== undefined) {
      worker.release(running)
      running.fail(crash(exit))
    }
    for (const pooled of worker.offeredAttempts()) {
      worker.release(pooled)
      if (pooled.isUnwanted) pooled.drop()
      else if (pooled.moved || worker.hasBegun(pooled)) pooled.fail(crash(exit))
      else this.#assignment.waitAgain(pooled)
    }
    this.#crew.exited(worker, exit, before)
    if (!this.#closed) this.#assignment.assign()
  }

  unreadable(worker: PoolWorker, error: unknown): void {
    // The next one of the same culprit, or a neighbour's, of which its exit decides.
    if (worker.state === "stopping") return
    hasSentUnreadable(worker, this.#host, error)
    this.#terminate(worker)
  }
}
