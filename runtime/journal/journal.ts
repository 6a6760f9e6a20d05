import { type JournalEvent, type JournalState, nextJournalState } from "../../machines/journal/lifecycle.ts"
import type { TaskEvent } from "../../machines/task/events.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { SupervisorState } from "../../machines/supervisor/machine.ts"
import type { Timer, Timers } from "../clock/timers.ts"
import { StoreError } from "../failure/store-error.ts"
import type { Clock } from "../ports/clock.ts"
import type { EntryData, Kept, NewEntry, RecordBirth, RecordChange, StoreSession } from "../ports/store.ts"
import { rootOf } from "../task/family.ts"
import type { Task } from "../task/task.ts"
import { Acknowledgements } from "./acknowledgements.ts"
import { Draft } from "./draft.ts"
import { entryOf } from "./entry.ts"
import { notAccepted, notWritten, refusalOf } from "./not-kept.ts"
import { recordOf } from "./record.ts"
import { Sweeping } from "./sweeping.ts"

/** Reports alone hurry nobody: they wait for company, so long at most. */
const reportDelayMs = 1000
/** A store that could not be written to is tried again so often. */
const retryDelayMs = 1000
export interface JournalParts {
  readonly session: StoreSession
  readonly clock: Clock
  readonly timers: Timers
  warn(message: string, cause?: unknown): void
}

/**
 * What writes down what happens. All that happens in one turn of the event loop is written at its end, in one transaction; what is
 * acknowledged (an outcome, a receipt, `persisted()`) is acknowledged after that.
 */
export class Journal {
  readonly session: StoreSession
  readonly #parts: JournalParts
  #state: JournalState = "idle"
  readonly #draft = new Draft()
  readonly #changed = new Map<Task, RecordBirth | undefined>()
  /** Of tasks that no `Task` stands for. */
  #records: RecordChange[] = []
  readonly #schedules = new Set<string>()
  readonly #outputs = new WeakMap<Task, Kept>()
  readonly #acknowledgements = new Acknowledgements()
  readonly #promises: { readonly task: Task; resolve(): void; reject(error: StoreError): void }[] = []
  #isFlushDue = false
  #isEnding = false
  #timer: Timer | undefined
  readonly #sweeping: Sweeping
  #failure: StoreError | undefined
  /** A shutdown leaves them to the next program as they are. */
  readonly #left = new WeakSet<Task>()
  /** Of those, what is in no store at all. */
  readonly #leftOut = new WeakSet<Task>()
  /** They cannot be run again. */
  readonly #unique = new WeakSet<Task>()
  readonly #handedOver = new WeakSet<Task>()

  constructor(parts: JournalParts) {
    this.#parts = parts
    this.session = parts.session
    this.#sweeping = new Sweeping(parts)
  }

  /** @throws StoreError while the store cannot be written to: what is not kept is not accepted. */
  checkOpen(action: string): void {
    if (this.#state !== "failing") return
    const { problem = "io", message } = this.#failure ?? {}
    throw new StoreError(problem, `${action} now: ${message}; it is tried again each second`, { cause: this.#failure })
  }

  submitted(task: Task, birth: RecordBirth, canRunAgain: boolean): void {
    if (!canRunAgain) this.#unique.add(task)
    this.#changed.set(task, birth)
    this.#note(task, task.submittedAt, { type: "born", notBefore: task.waits?.notBefore })
  }

  /** Nothing of it is written: it was refused. */
  leaveOut(task: Task): void {
    this.#left.add(task)
    this.#leftOut.add(task)
  }

  changed(task: Task, before: TaskSnapshot, event: TaskEvent): void {
    if (event.type === "cancel" && this.#isLeftBy(task, event.reason)) this.#leave(task, before)
    if (this.#left.has(task)) return
    if (!this.#changed.has(task)) this.#changed.set(task, undefined)
    if (task.settled) this.#sweeping.settled()
    // What was handed over has ended; the next attempt will be handed over by itself.
    if (event.type === "fail") this.#handedOver.delete(task)
    const what = entryOf(event, this.session, this.#parts.warn, task)
    const at = "at" in event ? event.at : this.#parts.clock.now()
    if (what.type === "report") this.#noteReport(task, at, what)
    else this.#note(task, at, what)
  }

  /** A shutdown leaves it as it was: what has not been written of it is written so. */
  #leave(task: Task, before: TaskSnapshot): void {
    if (this.#changed.has(task)) {
      const was = { snapshot: before, plan: task.plan }
      this.#records.push(recordOf(was, this.#changed.get(task), undefined, this.#handedOver.has(task)))
      this.#changed.delete(task)
      this.#draft.closeReport(task)
    }
    this.#left.add(task)
  }

  /** It is the next program's; what is below it as well. */
  isLeft(task: Task): boolean {
    return this.#left.has(task)
  }

  /** What was handed over has been taken back, and has certainly not begun. */
  takenBack(task: Task): void {
    if (this.#left.has(task) || !this.#handedOver.delete(task)) return
    if (!this.#changed.has(task)) this.#changed.set(task, undefined)
    this.#become("note")
    this.#hurry()
  }

  /** What a task gave, before its machine is told. @throws what the store says of a value that it cannot keep. */
  keepOutput(task: Task, output: unknown): void {
    this.#outputs.set(task, this.session.encode(output))
  }

  /** A task that is to run once at most is about to. @throws StoreError where that cannot be written: then it does not run. */
  handOver(task: Task): void {
    if (this.#left.has(task)) return
    // It is tried again each second, and not for each that waits.
    this.checkOpen(`Cannot begin task ${task.id}`)
    this.#handedOver.add(task)
    if (!this.#changed.has(task)) this.#changed.set(task, undefined)
    this.#become("note")
    // Nobody is told by this what others came to before its body has begun: who is could cancel it.
    this.#write(() => this.#parts.clock.defer(() => this.#acknowledgements.tell()))
  }

  /** What happens to a task that lives in the store alone. */
  noteRecord(record: RecordChange, at: number, what: EntryData): void {
    this.#records.push(record)
    this.#push({ task: record.id, at, what })
    this.#hurry()
  }

  noteSupervisor(state: SupervisorState, isFirst?: boolean): void {
    const what: EntryData = { type: "supervisor", state, ...(isFirst === undefined ? {} : { isFirst }) }
    this.#push({ task: undefined, at: this.#parts.clock.now(), what })
    this.#hurry()
    // What a shutdown ends is kept as it was before, and not as its task is by the end of the turn.
    if (state === "draining" || state === "stopping") this.#tryToWrite()
  }

  noteSchedule(name: string): void {
    this.#schedules.add(name)
    this.#become("note")
    this.#hurry()
  }

  /** Calls back when all that has happened until now is written. */
  whenWritten(callback: () => void): void {
    if (this.#state === "closed" || this.#isGivenUp) callback()
    else this.#acknowledgements.add(callback, this.#state === "idle")
  }

  /** Rejects with a StoreError when the supervisor has ended without writing all that has happened to the task. */
  persisted(task: Task): Promise<void> {
    if (this.#leftOut.has(task)) return Promise.reject(notAccepted(task.id))
    if (!this.#changed.has(task) && !this.#records.some(({ id }) => id === task.id)) return Promise.resolve()
    if (this.#state === "closed") return Promise.reject(notWritten(task.id, this.session.name, this.#failure))
    return new Promise((resolve, reject) => this.#promises.push({ task, resolve, reject }))
  }

  /** @throws StoreError where something is left that could not be written. */
  flush(): void {
    if (this.#state !== "idle" && this.#state !== "closed") this.#write()
  }

  /** The supervisor stops: nobody waits for a store that cannot be written to. */
  end(): void {
    this.noteSupervisor("stopping")
    this.#isEnding = true
    if (this.#isGivenUp) this.#acknowledgements.tellAll()
  }

  get #isGivenUp(): boolean {
    return this.#isEnding && this.#state === "failing"
  }

  /** The last of all. @throws StoreError where something is left that could not be written. */
  close(): void {
    if (this.#state === "closed") return
    try {
      this.noteSupervisor("stopped")
      this.flush()
    } finally {
      this.abandon()
    }
  }

  /** Its supervisor has not come about: what it was to write is left as it was. */
  abandon(): void {
    this.#become("close")
    this.#parts.timers.end(this.#timer)
    this.#sweeping.end()
    this.session.close()
    for (const { task, reject } of this.#promises.splice(0))
      reject(notWritten(task.id, this.session.name, this.#failure))
    this.#acknowledgements.tellAll()
  }

  get state(): JournalState {
    return this.#state
  }

  #noteReport(task: Task, at: number, what: Extract<EntryData, { type: "report" }>): void {
    if (!this.#draft.addReport(task, at, what)) return
    this.#become("note")
    if (!this.#isFlushDue) this.#timer ??= this.#parts.timers.after(reportDelayMs, () => this.#tryToWrite())
  }

  #note(task: Task, at: number, what: EntryData): void {
    this.#draft.closeReport(task)
    this.#push({ task: task.id, at, what })
    this.#hurry()
  }

  #push(entry: NewEntry): void {
    this.#draft.add(entry)
    this.#become("note")
  }

  #hurry(): void {
    if (this.#isFlushDue || this.#state === "failing") return
    this.#isFlushDue = true
    this.#parts.clock.defer(() => this.#tryToWrite())
  }

  #tryToWrite(): void {
    this.#isFlushDue = false
    if (this.#state === "idle" || this.#state === "closed") return
    try {
      this.#write()
    } catch {
      // It has been reported, and is tried again.
    }
  }

  #write(tell = () => this.#acknowledgements.tell()): void {
    const wasFailing = this.#state === "failing"
    const records = [...this.#records]
    for (const [task, birth] of this.#changed) {
      records.push(recordOf(task, birth, this.#outputs.get(task), this.#handedOver.has(task)))
    }
    try {
      this.session.commit({ entries: this.#draft.entries, records, schedules: this.#schedules })
    } catch (error) {
      this.#refused(error, wasFailing)
      throw error
    }
    this.#draft.clear()
    this.#records = []
    this.#changed.clear()
    this.#schedules.clear()
    this.#parts.timers.end(this.#timer)
    this.#timer = undefined
    this.#become("written")
    for (const { resolve } of this.#promises.splice(0)) resolve()
    if (wasFailing) this.#parts.warn(`The store ${this.session.name} can be written to again; nothing was lost`)
    this.#acknowledgements.written()
    tell()
  }

  #refused(error: unknown, wasFailing: boolean): void {
    this.#failure = refusalOf(error, this.session.name)
    this.#become("refused")
    this.#parts.timers.end(this.#timer)
    this.#timer = this.#parts.timers.after(retryDelayMs, () => this.#tryToWrite())
    if (this.#isGivenUp) this.#acknowledgements.tellAll()
    if (wasFailing) return
    this.#parts.warn(
      `The store ${this.session.name} cannot be written to: no task is accepted and no outcome is told until it can, and it is tried again each second`,
      error,
    )
  }

  /** What a shutdown ends goes on in the next program, and so does all that is below it. */
  #isLeftBy(task: Task, reason: Extract<TaskEvent, { type: "cancel" }>["reason"]): boolean {
    if (reason.type === "parent") return task.parent !== undefined && this.#left.has(task.parent)
    return reason.type === "shutdown" && !this.#unique.has(rootOf(task))
  }

  #become(event: JournalEvent): void {
    this.#state = nextJournalState(this.#state, event)
  }
}
