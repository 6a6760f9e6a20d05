import type { TaskOrigin } from "../../machines/task/snapshot.ts"
import type { AnyTaskCall } from "../definition/definition.ts"
import type { TaskFact } from "../events/task-fact.ts"
import { TaskNotFoundError } from "../failure/errors.ts"
import { show } from "../failure/show.ts"
import { Call, definitionOf } from "../definition/call.ts"
import { callToRepeat, settingsToRepeat } from "../journal/born-again.ts"
import { Fold } from "../journal/fold.ts"
import type { Journal } from "../journal/journal.ts"
import { callOf } from "../journal/kept-call.ts"
import { snapshotOf } from "../journal/record.ts"
import type { Clock } from "../ports/clock.ts"
import type { LogEntry, StoreSession, TaskQuery, TaskRecord } from "../ports/store.ts"
import type { SupervisorSnapshot } from "../supervisor/view.ts"
import type { TaskHandle } from "../task/handle.ts"
import type { CancelReceipt } from "../task/receipt.ts"
import type { RunOptions } from "../task/run-options.ts"
import type { Task } from "../task/task.ts"
import { factsOf } from "./facts-of.ts"
import type { HistoryPage, HistoryQuery, TaskHistory } from "./history.ts"
import { readQuery } from "./read-query.ts"

/** So many entries of the log are read in one turn of the event loop. */
const entriesPerTurn = 10_000
/** So many queued tasks are looked at in one. */
const tasksPerTurn = 1000

export interface KeptHistoryParts {
  readonly clock: Clock
  readonly journal: Journal | undefined
  submit(call: AnyTaskCall, options: RunOptions | undefined, origin: TaskOrigin): Task
  living(id: string): Task | undefined
}

/** `supervisor.history`: what the store knows, asked when everything that has happened is in it. */
export class KeptHistory implements TaskHistory {
  readonly #parts: KeptHistoryParts

  constructor(parts: KeptHistoryParts) {
    this.#parts = parts
  }

  async list(query: HistoryQuery | string = {}): Promise<HistoryPage> {
    return this.#page(readQuery(query))
  }

  async deadLetters(query: HistoryQuery = {}): Promise<HistoryPage> {
    return this.#page({ ...readQuery(query), dead: true })
  }

  async at(moment: Date | number): Promise<SupervisorSnapshot> {
    const session = this.#session()
    const upTo = moment instanceof Date ? await this.#positionAt(session, moment) : checkPosition(moment)
    const fold = new Fold(session)
    await this.#read(session, Math.min(upTo, session.last), (entry) => fold.apply(entry))
    return fold.snapshot()
  }

  async last(): Promise<number> {
    return this.#session().last
  }

  async facts(id: string, options: { readonly after?: number } = {}): Promise<readonly TaskFact[]> {
    const session = this.#session()
    const facts = factsOf(session, this.#find(session, id))
    const { after } = options
    return after === undefined ? facts : facts.filter(({ sequence }) => sequence > after)
  }

  async resubmit(id: string, options?: RunOptions): Promise<TaskHandle> {
    const session = this.#session()
    const record = this.#find(session, id)
    const { name, key, origin } = record.snapshot
    const call = callToRepeat(record)
    const again = withoutPastLimits(await callOf(session, name, call))
    // Those of one schedule share a key: replacing, of several only the last would run, and what runs now would be cancelled.
    const own = {
      ...(key === id ? {} : { key, onConflict: "queue" as const }),
      ...(call.publishId && { publishId: call.publishId }),
    }
    const from = origin?.slot === undefined ? { of: id } : { of: id, slot: origin.slot }
    return this.#parts.submit(again, { ...own, ...options }, { type: "resubmission", ...from })
  }

  async purge(query: HistoryQuery | string = {}): Promise<number> {
    const session = this.#session()
    const { status, ...rest } = readQuery(query)
    if (status !== undefined && ![status].flat().includes("pending")) return 0
    const asked = { ...rest, status: "pending", sort: "oldest" } as const
    const receipts: Promise<CancelReceipt>[] = []
    // What comes meanwhile was not meant.
    const { last } = session
    let cursor: string | undefined
    do {
      const { records, next } = session.list({ ...asked, limit: tasksPerTurn, cursor })
      for (const { id, born } of records) {
        const task = this.#parts.living(id)
        if (task?.snapshot.phase === "queued" && born <= last) receipts.push(task.cancel("purged"))
      }
      cursor = next
      if (cursor !== undefined) await this.#nextTurn()
      // A shutdown may have closed it, and has cancelled them all.
    } while (cursor !== undefined && this.#parts.journal?.state !== "closed")
    return (await Promise.all(receipts)).filter((receipt) => receipt === "cancelled").length
  }

  #page(query: TaskQuery): HistoryPage {
    const session = this.#session()
    const { records, next } = session.list(query)
    return { tasks: records.map((record) => snapshotOf(record, session)), next }
  }

  #find(session: StoreSession, id: string): TaskRecord {
    const record = typeof id === "string" ? session.find(id) : undefined
    if (record === undefined) throw new TaskNotFoundError(id)
    return record
  }

  /** The last entry that was written when the clock showed that instant or less: it may have been set back. */
  async #positionAt(session: StoreSession, moment: Date): Promise<number> {
    const instant = moment.getTime()
    if (Number.isNaN(instant)) throw new RangeError("Cannot look into the history: the Date is invalid")
    let position = 0
    await this.#read(session, session.last, (entry) => {
      if (entry.at <= instant) position = entry.position
    })
    return position
  }

  /** The log may be long, and others want their turns. */
  async #read(session: StoreSession, upTo: number, take: (entry: LogEntry) => void): Promise<void> {
    let count = 0
    for (const entry of session.entries({ upTo })) {
      take(entry)
      if (++count % entriesPerTurn === 0) await this.#nextTurn()
    }
  }

  #nextTurn(): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.defer(resolve))
  }

  /** @throws TypeError where there is no store. */
  #session(): StoreSession {
    const { journal } = this.#parts
    if (journal === undefined) {
      throw new TypeError(
        "Cannot look into the history: this supervisor has no store; give it one, as in createSupervisor({ store: memoryStore() })",
      )
    }
    journal.flush()
    return journal.session
  }
}

function checkPosition(position: number): number {
  if (Number.isInteger(position) && position >= 0) return position
  throw new RangeError(
    `Cannot look into the history: a position is a whole number, 0 or more, current value is ${show(position)}; give an instant as a Date`,
  )
}

function withoutPastLimits(call: AnyTaskCall): AnyTaskCall {
  return new Call(definitionOf(call), call.args, settingsToRepeat(call.settings))
}
