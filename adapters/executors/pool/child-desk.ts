import type { Outcome, TaskFailure } from "../../../machines/task/outcome.ts"
import type { ChildLink } from "../../../runtime/context/link.ts"
import { Call } from "../../../runtime/definition/call.ts"
import type { AnyTaskCall } from "../../../runtime/definition/definition.ts"
import { asError } from "../../../runtime/failure/codec/as-error.ts"
import { encodeOutcome, encodeSnapshot } from "../../../runtime/failure/codec/failure-codec.ts"
import { callFrom, pipelineModule } from "../../../runtime/pipeline/crossing.ts"
import type { Attempt } from "../../../runtime/ports/executor.ts"
import type { TaskHandle } from "../../../runtime/task/handle.ts"
import { NoListener } from "../../../runtime/task/no-listener.ts"
import type { RunOptions } from "../../../runtime/task/run-options.ts"
import type { ChildCall, ToWorker } from "../worker/envelopes.ts"
import { toWorker } from "../worker/envelopes.ts"

/**
 * A body that computes on after it has run a child is not waited for any longer than this, unless it flushes. With 10 ms, a busy machine
 * that kept a worker from its next statement let the child begin before its parent could listen.
 */
const longestHoldMs = 1000

/**
 * A child that the body may ask about: on its way to the supervisor (held until its parent's turn is over, then until its definition is
 * known), or there. It knows nothing of its call: a body may live for long and run many.
 */
class KnownChild {
  /** Ends of what listens to its events. */
  readonly listening = new Map<string, () => void>()
  /** The body has said, before it began, that it wants to hear of it. */
  isFollowed: boolean
  #link: ChildLink | undefined
  #waiting: ((link: ChildLink) => void)[] = []

  constructor({ callsBack }: ChildCall) {
    this.isFollowed = callsBack.whenDone || callsBack.whenEvent
  }

  /** Now or as soon as it is there: without a promise between, so that a listener is there before the child's first event. */
  use(what: (link: ChildLink) => void): void {
    if (this.#link === undefined) this.#waiting.push(what)
    else what(this.#link)
  }

  arrived(link: ChildLink): void {
    this.#link = link
    for (const what of this.#waiting) what(link)
    this.#waiting = []
  }

  stopListening(): void {
    for (const stop of this.listening.values()) stop()
    this.listening.clear()
  }
}

/** The supervisor's side of the child tasks that one body in a worker runs. It stays when the body has ended, as long as they live. */
export class ChildDesk {
  readonly #attempt: Attempt
  readonly #ticket: number
  readonly #post: (envelope: ToWorker) => void
  /** How long the import of a child's module may last. */
  readonly #startTimeoutMs: number
  readonly #children = new Map<number, KnownChild>()
  /** What the body has done with its children in this turn of its, in that order. */
  #held: (() => void)[] = []
  #endHold: (() => void) | undefined
  /** Children whose definition is being imported, and who waits for them. */
  #expected = 0
  #whenAllAreHere: (() => void) | undefined
  /** Ends of the limits on those imports. */
  readonly #limits = new Set<() => void>()
  /** Events that the body is handling, by request. */
  readonly #handling = new Map<number, { resolve(): void; reject(error: unknown): void }>()
  #lastRequest = 0
  #isLost = false

  constructor(attempt: Attempt, ticket: number, startTimeoutMs: number, post: (envelope: ToWorker) => void) {
    this.#attempt = attempt
    this.#startTimeoutMs = startTimeoutMs
    this.#ticket = ticket
    this.#post = post
  }

  run(number: number, call: ChildCall): void {
    this.#children.set(number, new KnownChild(call))
    this.#endHold ??= this.#attempt.timer(longestHoldMs, () => this.begin())
    this.#held.push(() => this.#start(number, call))
  }

  /** What has been held is done. */
  begin(): void {
    this.#endHold?.()
    this.#endHold = undefined
    const held = this.#held
    this.#held = []
    for (const what of held) what()
  }

  /** @param gone What is done instead when the body has been told of its end: it asked before it heard. */
  #use(number: number, what: (link: ChildLink, child: KnownChild) => void, gone?: () => void): void {
    const use = (): void => {
      const child = this.#children.get(number)
      if (child === undefined) gone?.()
      else child.use((link) => what(link, child))
    }
    if (this.#endHold === undefined) use()
    else this.#held.push(use)
  }

  outcome(child: number, request: number, timeoutMs: number | undefined): void {
    const tell = (end: Outcome<unknown> | undefined): void => {
      this.#answer(request, end === undefined ? end : encodeOutcome(end))
      if (end !== undefined) this.#forget(child)
    }
    this.#use(
      child,
      (link) => void link.outcome(timeoutMs).then(tell),
      () => this.#answer(request, undefined),
    )
  }

  cancel(child: number, request: number, reason: string | undefined): void {
    this.#use(
      child,
      (link) => void link.cancel(reason).then((receipt) => this.#answer(request, receipt)),
      () => this.#answer(request, undefined),
    )
  }

  listen(number: number, name: string): void {
    const child = this.#children.get(number)
    if (child !== undefined) child.isFollowed = true
    this.#use(number, (link, { listening }) => {
      const stop = link.on(name, (data) => this.#deliver(number, name, data))
      listening.set(name, stop)
    })
  }

  unlisten(number: number, name: string): void {
    this.#use(number, (_link, { listening }) => {
      listening.get(name)?.()
      listening.delete(name)
    })
  }

  /** The body has been told of its end, and has nothing more to ask. */
  #forget(number: number): void {
    this.#children.get(number)?.stopListening()
    this.#children.delete(number)
  }

  /** The body has handled an event of a child's, or failed to, or has no listener to it any more. */
  handled(request: number, heard: boolean, error: Error | undefined): void {
    const handling = this.#handling.get(request)
    this.#handling.delete(request)
    if (heard && error === undefined) handling?.resolve()
    else handling?.reject(error ?? new NoListener())
  }

  /** Calls back when all children have been submitted: until then their parent has not come to its end. */
  whenAllAreHere(callback: () => void): void {
    if (this.#expected === 0) callback()
    else this.#whenAllAreHere = callback
  }

  /** Its worker is gone: nobody listens any more. */
  lost(): void {
    this.#isLost = true
    this.#endHold?.()
    // A parent that has returned waits on: these limits are what ends its wait.
    if (this.#whenAllAreHere === undefined) for (const end of this.#limits) end()
    for (const child of this.#children.values()) child.stopListening()
    for (const { reject } of this.#handling.values()) reject(new NoListener())
    this.#handling.clear()
  }

  #start(number: number, data: ChildCall): void {
    const { failure, module } = data
    const isLost = failure !== undefined && module === pipelineModule
    let call: AnyTaskCall | Promise<AnyTaskCall>
    try {
      call = isLost ? nobody(data) : callFrom(data)
    } catch (thrown) {
      return this.#refuse(number, data, thrown)
    }
    if (!(call instanceof Promise)) return this.#submit(number, data, call, failure)
    this.#expected++
    void this.#inTime(call, data)
      .then(
        (found) => this.#submit(number, data, found, failure),
        (thrown: unknown) => this.#refuse(number, data, thrown),
      )
      .finally(() => {
        if (--this.#expected === 0) this.#whenAllAreHere?.()
      })
  }

  /** An import that never ends would keep the parent, which waits for its children, for ever. */
  #inTime(importing: Promise<AnyTaskCall>, { name, module }: ChildCall): Promise<AnyTaskCall> {
    const limitMs = this.#startTimeoutMs
    const why = `Cannot run child task ${JSON.stringify(name)}: the import of its module ${module} has not come to its end within ${limitMs} ms (startTimeout) where the supervisor is; let nothing at its top level wait for what may not come, import it in the program beforehand, or raise "startTimeout"`
    return new Promise((resolve, reject) => {
      const endTimer = this.#attempt.timer(limitMs, () => {
        this.#limits.delete(endTimer)
        reject(new Error(why))
      })
      this.#limits.add(endTimer)
      const end = (): void => {
        this.#limits.delete(endTimer)
        endTimer()
      }
      importing.finally(end).then(resolve, reject)
    })
  }

  #submit(number: number, data: ChildCall, call: AnyTaskCall, failure: TaskFailure | undefined): void {
    const { id, share } = data
    const birth = failure === undefined ? { id } : { id, failure }
    let link: ChildLink
    try {
      link = this.#attempt.link.run(call, this.#optionsOf(number, data), share, birth)
    } catch (thrown) {
      // One that cannot even fail: its parent has been ended by force meanwhile, and the worker with it.
      if (failure === undefined) this.#refuse(number, data, thrown)
      return
    }
    if (link.id !== id) this.#post([toWorker.childIs, this.#ticket, number, link.id])
    this.#children.get(number)?.arrived(link)
  }

  /** The body is past the call, and cannot be thrown at: a child that cannot be run is a task that fails. */
  #refuse(number: number, data: ChildCall, thrown: unknown): void {
    this.#submit(number, data, nobody(data), { type: "setup", error: asError(thrown) })
  }

  /**
   * With the body's callbacks, where it gave any; what they give back says when they have been called. A body that listens is told of the
   * end in that way too: however `dispatch` delays the events, that is the last of them.
   */
  #optionsOf(number: number, { options, callsBack }: ChildCall): RunOptions {
    const whenDone = (task: TaskHandle): unknown => this.#callBack(number, task, undefined, undefined)
    const whenEvent = (task: TaskHandle, name: string, data: unknown): unknown =>
      this.#callBack(number, task, name, data)
    const isFollowed = this.#children.get(number)?.isFollowed === true
    return { ...options, ...(isFollowed && { whenDone }), ...(callsBack.whenEvent && { whenEvent }) }
  }

  #deliver(child: number, name: string, data: unknown): Promise<void> {
    return this.#ask((request) => [toWorker.childEvent, this.#ticket, child, name, data, request])
  }

  #callBack(child: number, { snapshot }: TaskHandle, name: string | undefined, data: unknown): Promise<void> {
    const encoded = encodeSnapshot(snapshot)
    return this.#ask((request) => [toWorker.childCallback, this.#ticket, child, encoded, name, data, request])
  }

  /** Resolves when the body has handled it. */
  #ask(envelope: (request: number) => ToWorker): Promise<void> {
    if (this.#isLost) return Promise.reject(new NoListener())
    return new Promise((resolve, reject) => {
      const request = ++this.#lastRequest
      this.#handling.set(request, { resolve, reject })
      this.#post(envelope(request))
    })
  }

  #answer(request: number, value: unknown): void {
    this.#post([toWorker.answer, this.#ticket, request, value])
  }
}

/** In place of a call whose definition is not to be found, or whose arguments did not cross. */
function nobody({ name, module, args, settings = {} }: ChildCall): AnyTaskCall {
  const nothing = { taskName: name, settings, module, input: undefined, output: undefined, body: () => {} }
  return new Call(nothing, args, settings)
}
