import type { ActorRefFrom } from "xstate"
import type { supervisorMachine } from "../../machines/supervisor/machine.ts"
import type { CancelReason } from "../../machines/task/outcome.ts"
import type { Timer, Timers } from "../clock/timers.ts"
import type { Task } from "../task/task.ts"
import type { Executors } from "./executors.ts"
import type { Lifecycle } from "./lifecycle.ts"
import type { Journal } from "../journal/journal.ts"
import type { Recovery } from "../journal/recovery.ts"
import type { Publisher } from "./publisher.ts"
import type { Roster } from "./roster.ts"

export interface ShutdownParts {
  readonly actor: ActorRefFrom<typeof supervisorMachine>
  readonly executors: Executors
  /** Where there is a store. */
  readonly journal: Journal | undefined
  readonly recovery: () => Recovery | undefined
  readonly lifecycle: Lifecycle
  readonly roster: Roster
  readonly publisher: Publisher
  readonly timers: Timers
}

/** The supervisor's end: open → draining → stopping → stopped, and the quiet that it waits for. */
export class Shutdown {
  readonly #parts: ShutdownParts
  readonly #waiting = new Set<() => void>()
  #done: Promise<void> | undefined
  #endDrain: (() => void) | undefined
  #drainTimer: Timer | undefined
  /** The shortest that anybody has asked for. */
  #drainMs = Number.POSITIVE_INFINITY

  constructor(parts: ShutdownParts) {
    this.#parts = parts
  }

  /** Why a task is not admitted now. The children of what still runs are, until that is cancelled itself. */
  refusal(parent: Task | undefined): CancelReason | undefined {
    if (parent?.snapshot.cancelRequested === true) return { type: "parent", parent: parent.id }
    switch (this.#parts.actor.getSnapshot().value) {
      case "open":
        return undefined
      case "draining":
        return parent === undefined ? { type: "shutdown" } : undefined
      case "stopping":
      case "stopped":
        return { type: "shutdown" }
    }
  }

  afterSettled(): void {
    if (!this.#isQuiet) return
    for (const wake of [...this.#waiting]) wake()
  }

  /** True when nothing is alive, and all of it is kept and told; false when `timeoutMs` passed first. */
  async quiet(timeoutMs?: number): Promise<boolean> {
    return (await this.#stillness(timeoutMs)) && this.#written(timeoutMs)
  }

  /** A store that cannot be written to may be so for long. */
  #written(timeoutMs: number | undefined): boolean | Promise<boolean> {
    const { journal, timers } = this.#parts
    if (journal === undefined) return true
    if (timeoutMs === 0) return journal.state !== "failing"
    return new Promise((resolve) => {
      const isLimited = timeoutMs !== undefined && timeoutMs !== Number.POSITIVE_INFINITY
      const timer = isLimited ? timers.after(timeoutMs, () => resolve(false)) : undefined
      journal.whenWritten(() => {
        timers.end(timer)
        resolve(true)
      })
    })
  }

  /** Nothing is alive, or is about to be when its module has been imported. */
  get #isQuiet(): boolean {
    return this.#parts.roster.alive === 0 && (this.#parts.recovery()?.importing ?? 0) === 0
  }

  #stillness(timeoutMs?: number): Promise<boolean> {
    if (this.#isQuiet || timeoutMs === 0) return Promise.resolve(this.#isQuiet)
    return new Promise((resolve) => {
      const end = (quiet: boolean): void => {
        this.#parts.timers.end(timer)
        this.#waiting.delete(wake)
        resolve(quiet)
      }
      const wake = (): void => end(true)
      const timer =
        timeoutMs === undefined || timeoutMs === Number.POSITIVE_INFINITY
          ? undefined
          : this.#parts.timers.after(timeoutMs, () => end(false))
      this.#waiting.add(wake)
    })
  }

  /** A later call can only shorten what the first one allows. */
  begin(drainMs: number, graceMs: number | undefined): Promise<void> {
    this.#drainMs = Math.min(this.#drainMs, drainMs)
    if (this.#done === undefined) {
      // Whoever is told of an end by it may ask for it as well, before it is under way.
      let end: (run: Promise<void>) => void = () => {}
      this.#done = new Promise((resolve) => (end = resolve))
      end(this.#run(graceMs))
    } else {
      this.#shortenDrain()
      if (graceMs !== undefined) this.#parts.lifecycle.cancellation.limitGrace(graceMs)
    }
    return this.#done
  }

  async #run(graceMs: number | undefined): Promise<void> {
    const { executors, lifecycle, journal } = this.#parts
    if (this.#drainMs > 0) {
      this.#become("drain")
      journal?.noteSupervisor("draining")
      this.#cancelAll((task) => task.parent === undefined && task.snapshot.status === "pending")
      await this.#drained()
    }
    this.#become("stop")
    journal?.end()
    if (graceMs !== undefined) lifecycle.cancellation.limitGrace(graceMs)
    this.#cancelAll(() => true)
    this.#parts.recovery()?.end()
    await this.#stillness()
    await Promise.all(executors.all.map((executor) => executor.close()))
    this.#become("stopped")
    journal?.close()
  }

  #become(type: "drain" | "stop" | "stopped"): void {
    this.#parts.actor.send({ type })
    this.#parts.publisher.tellSoon()
  }

  #shortenDrain(): void {
    const { timers } = this.#parts
    const drainMs = this.#drainMs
    // It has not begun, and begins with this one.
    if (this.#endDrain === undefined) return
    if (drainMs === 0) return this.#endDrain()
    if (drainMs >= (timers.left(this.#drainTimer) ?? Number.POSITIVE_INFINITY)) return
    timers.end(this.#drainTimer)
    this.#drainTimer = timers.after(drainMs, this.#endDrain)
  }

  async #drained(): Promise<void> {
    const { timers } = this.#parts
    const drainMs = this.#drainMs
    if (drainMs === 0) return
    const early = new Promise<void>((resolve) => (this.#endDrain = resolve))
    if (drainMs !== Number.POSITIVE_INFINITY) this.#drainTimer = timers.after(drainMs, () => this.#endDrain?.())
    await Promise.race([this.#stillness(), early])
    timers.end(this.#drainTimer)
    this.#endDrain = undefined
  }

  #cancelAll(which: (task: Task) => boolean): void {
    for (const task of [...this.#parts.roster.living()]) {
      if (which(task)) void this.#parts.lifecycle.cancel(task, { type: "shutdown" })
    }
  }
}
