import type { LogLevel } from "../../machines/task/events.ts"
import { definitionOf } from "../definition/call.ts"
import { checkWeight } from "../definition/check-settings.ts"
import type { EventMap, TaskCall } from "../definition/definition.ts"
import { durationMs, type DurationInput } from "../definition/duration.ts"
import { show } from "../failure/show.ts"
import { checkRunOptions } from "../supervisor/check-run-options.ts"
import { childHandle, parentHasEnded } from "./child-handle.ts"
import type { TaskContext } from "./context.ts"
import type { BodyInfo, BodyLink } from "./link.ts"
import { RetryRequest } from "./retry-request.ts"
import type { ChildHandle } from "../task/handle.ts"
import type { RunOptions } from "../task/run-options.ts"

type Cleanup = () => void | Promise<void>

/** The part of a body's world that all its contexts share: one abort, one list of cleanups, one line of progress. */
export class BodyScope {
  readonly info: BodyInfo
  readonly link: BodyLink
  /** Number of contexts made so far; each is one node of the progress tree. */
  nodes = 0
  #controller: AbortController | undefined
  #cleanups: Cleanup[] | undefined
  #cleaning: Promise<void> | undefined
  /** The body has ended: nothing that it left behind is heard. */
  isOver = false

  constructor(info: BodyInfo, link: BodyLink) {
    this.info = info
    this.link = link
  }

  /** Made on demand: an AbortController costs more than all the rest of a short body. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      this.#listen()
      if (this.link.isAborted()) this.abort()
    }
    return this.#controller.signal
  }

  isAborted(): boolean {
    if (!this.link.isAborted()) return false
    // A body that loops without yielding learns of its abort here: its signal must not lag behind.
    if (this.#controller !== undefined && !this.#controller.signal.aborted) this.abort()
    return true
  }

  onCancel(cleanup: Cleanup): void {
    if (this.#cleanups === undefined) {
      this.#cleanups = []
      this.#listen()
    }
    this.#cleanups.push(cleanup)
    if (this.link.isAborted()) void this.cleanUp()
  }

  abort(): void {
    this.#controller?.abort(new DOMException(`Task ${this.info.id} was aborted`, "AbortError"))
  }

  /** Runs the cleanups that have not run yet, the last one first, and resolves when all of them have ended. */
  cleanUp(): Promise<void> | undefined {
    if (this.#cleanups === undefined || this.#cleanups.length === 0) return this.#cleaning
    const before = this.#cleaning
    const run = async (): Promise<void> => {
      await before
      for (let cleanup = this.#cleanups?.pop(); cleanup !== undefined; cleanup = this.#cleanups?.pop()) {
        try {
          await cleanup()
        } catch (error) {
          this.link.log("error", ["An onCancel cleanup threw", error])
        }
      }
    }
    this.#cleaning = run()
    return this.#cleaning
  }

  #listening = false

  #listen(): void {
    if (this.#listening) return
    this.#listening = true
    this.link.onAbort(() => {
      if (this.isOver) return
      this.abort()
      void this.cleanUp()
    })
  }
}

/**
 * The slice [base, base + range] of the body's progress, in which one context moves.
 * Source of the arithmetic: Rayforge's tasker (global = base + clamp(value / total) × range).
 */
interface Slice {
  readonly node: number
  readonly base: number
  readonly range: number
  readonly prefix: string
}

class Context implements TaskContext {
  readonly #scope: BodyScope
  readonly #slice: Slice
  #total: number | undefined
  #log: TaskContext["log"] | undefined

  constructor(scope: BodyScope, slice: Slice, total: number | undefined) {
    this.#scope = scope
    this.#slice = slice
    this.#total = total
  }

  get id(): string {
    return this.#scope.info.id
  }

  get key(): TaskContext["key"] {
    return this.#scope.info.key
  }

  get attempt(): number {
    return this.#scope.info.attempt
  }

  get scheduledFor(): Date {
    const instant = this.#scope.info.scheduledFor
    // The contract's type says "absent or a Date"; a getter can only be there, and gives undefined.
    return (instant === undefined ? undefined : new Date(instant)) as Date
  }

  get signal(): AbortSignal {
    return this.#scope.signal
  }

  isCancelled(): boolean {
    return this.#scope.isAborted()
  }

  throwIfCancelled(): void {
    if (this.#scope.isAborted()) this.#scope.signal.throwIfAborted()
  }

  onCancel(cleanup: Cleanup): void {
    if (typeof cleanup !== "function") {
      throw new TypeError(`Cannot register a cleanup: it must be a function, current value is ${show(cleanup)}`)
    }
    this.#scope.onCancel(cleanup)
  }

  setTotal(total: number): void {
    this.#total = total > 0 ? total : 1
  }

  setProgress(value: number): void {
    if (this.#scope.isOver) return
    const part = value / (this.#total ?? 1)
    const slice = this.#slice
    // The comparisons are written so that NaN counts as 0.
    this.#scope.link.progress(slice.base + (part > 0 ? (part < 1 ? part : 1) : 0) * slice.range)
  }

  setMessage(message: string): void {
    if (!this.#scope.isOver) this.#scope.link.message(`${this.#slice.prefix}${message}`)
  }

  subContext(options: { base?: number; range: number; total?: number; label?: string }): TaskContext {
    const { base = 0, range, total, label } = options
    if (!(base >= 0 && base <= 1) || !(range >= 0 && range <= 1)) {
      throw new RangeError(
        `Cannot make a sub-context: "base" and "range" must be between 0 and 1, current values are ${show(base)} and ${show(range)}`,
      )
    }
    const { base: from, range: width, prefix } = this.#slice
    const slice: Slice = {
      node: ++this.#scope.nodes,
      base: from + base * width,
      range: Math.min(range, 1 - base) * width,
      prefix: label === undefined ? prefix : `${prefix}${label}: `,
    }
    return new Context(this.#scope, slice, total === undefined ? undefined : total > 0 ? total : 1)
  }

  sendEvent(name: string, data: unknown): void {
    checkEventName(name)
    if (!this.#scope.isOver) this.#scope.link.event(name, data)
  }

  sendEventAndWait(name: string, data: unknown, options?: { timeout?: DurationInput }): Promise<boolean> {
    checkEventName(name)
    const timeoutMs = durationMs(options?.timeout ?? 5000, "the timeout of sendEventAndWait")
    return this.#scope.isOver ? Promise.resolve(false) : this.#scope.link.eventAndWait(name, data, timeoutMs)
  }

  flush(): void {
    this.#scope.link.flush()
  }

  run<Output, Events extends EventMap>(
    call: TaskCall<Output, Events>,
    options: RunOptions<Events> & { weight?: number } = {},
  ): ChildHandle<Output, Events> {
    checkRunOptions(options as RunOptions)
    const { weight: own, ...rest } = options
    if (own !== undefined) checkWeight(own, "Cannot run a child task")
    definitionOf(call)
    const weight = own ?? call.settings.weight ?? 1
    const { link, info, isOver } = this.#scope
    if (isOver) throw parentHasEnded(call, info.id)
    const { node, range, base } = this.#slice
    const share = { node, base, range, total: this.#total, weight }
    return childHandle<Output, Events>(link.run(call, rest as RunOptions, share))
  }

  retry(options: { after?: DurationInput; error?: unknown } = {}): never {
    const after = options.after === undefined ? undefined : durationMs(options.after, '"after" of retry')
    const { attempt } = this.#scope.info
    // What is left of it where that was the last attempt.
    const error = options.error ?? new Error(`Attempt ${attempt} asked for another one (ctx.retry), and gave no error`)
    throw new RetryRequest(after, error)
  }

  get log(): TaskContext["log"] {
    const line =
      (level: LogLevel) =>
      (...data: unknown[]): void => {
        if (!this.#scope.isOver) this.#scope.link.log(level, data)
      }
    this.#log ??= { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") }
    return this.#log
  }
}

function checkEventName(name: unknown): void {
  if (typeof name === "string" && name !== "") return
  throw new TypeError(`Cannot send an event: its name must be a text that is not empty, current value is ${show(name)}`)
}

/** The context of a body, over whatever link leads to its task. */
export function createContext(scope: BodyScope): TaskContext {
  return new Context(scope, whole, undefined)
}

const whole: Slice = { node: 0, base: 0, range: 1, prefix: "" }
