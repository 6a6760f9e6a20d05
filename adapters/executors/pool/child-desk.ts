import type { TaskFailure } from "../../../machines/task/outcome.ts"
import type { ChildLink } from "../../../runtime/context/link.ts"
import { Call } from "../../../runtime/definition/call.ts"
import type { AnyTaskDefinition } from "../../../runtime/definition/definition.ts"
import { findDefinition } from "../../../runtime/definition/registry.ts"
import { asError } from "../../../runtime/failure/codec/as-error.ts"
import { encodeOutcome, encodeSnapshot } from "../../../runtime/failure/codec/failure-codec.ts"
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

/** A child on its way to the supervisor: held until its parent's turn is over, then until its definition is known. */
class ComingChild {
  /** What the body knows it by. */
  readonly number: number
  readonly call: ChildCall
  #link: ChildLink | undefined
  #waiting: ((link: ChildLink) => void)[] = []

  constructor(number: number, call: ChildCall) {
    this.number = number
    this.call = call
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
}

/** The supervisor's side of the child tasks that one body in a worker runs. It stays when the body has ended, as long as they live. */
export class ChildDesk {
  readonly #attempt: Attempt
  readonly #ticket: number
  readonly #post: (envelope: ToWorker) => void
  readonly #children = new Map<number, ComingChild>()
  /** What the body has done with its children in this turn of its, in that order. */
  #held: (() => void)[] = []
  #endHold: (() => void) | undefined
  /** Children whose definition is being imported, and who waits for them. */
  #expected = 0
  #whenAllAreHere: (() => void) | undefined
  /** Ends of what listens to the children's events. */
  readonly #listening = new Map<string, () => void>()
  /** Events that the body is handling, by request. */
  readonly #handling = new Map<number, { resolve(): void; reject(error: unknown): void }>()
  #lastRequest = 0
  #isLost = false

  constructor(attempt: Attempt, ticket: number, post: (envelope: ToWorker) => void) {
    this.#attempt = attempt
    this.#ticket = ticket
    this.#post = post
  }

  run(number: number, call: ChildCall): void {
    const child = new ComingChild(number, call)
    this.#children.set(number, child)
    child.use(({ id }) => {
      if (id !== call.id) this.#post([toWorker.childIs, this.#ticket, number, id])
    })
    this.#endHold ??= this.#attempt.timer(longestHoldMs, () => this.begin())
    this.#held.push(() => this.#start(child))
  }

  /** What has been held is done. */
  begin(): void {
    this.#endHold?.()
    this.#endHold = undefined
    const held = this.#held
    this.#held = []
    for (const what of held) what()
  }

  #use(number: number, what: (link: ChildLink) => void): void {
    const use = (): void => this.#children.get(number)?.use(what)
    if (this.#endHold === undefined) use()
    else this.#held.push(use)
  }

  outcome(child: number, request: number, timeoutMs: number | undefined): void {
    this.#use(child, (link) => {
      void link.outcome(timeoutMs).then((end) => this.#answer(request, end === undefined ? end : encodeOutcome(end)))
    })
  }

  cancel(child: number, request: number, reason: string | undefined): void {
    this.#use(child, (link) => void link.cancel(reason).then((receipt) => this.#answer(request, receipt)))
  }

  listen(child: number, name: string): void {
    this.#use(child, (link) => {
      const stop = link.on(name, (data) => this.#deliver(child, name, data))
      this.#listening.set(JSON.stringify([child, name]), stop)
    })
  }

  unlisten(child: number, name: string): void {
    this.#use(child, () => this.#listening.get(JSON.stringify([child, name]))?.())
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
    for (const stop of this.#listening.values()) stop()
    for (const { reject } of this.#handling.values()) reject(new NoListener())
    this.#handling.clear()
  }

  #start(child: ComingChild): void {
    const { name, module } = child.call
    const definition = findDefinition(name, module)
    if (!(definition instanceof Promise)) return this.#submit(child, definition, child.call.failure)
    this.#expected++
    definition
      .then(
        (found) => this.#submit(child, found, child.call.failure),
        // A task that fails, as one whose worker cannot load its module.
        (thrown: unknown) => this.#submit(child, nobody(child.call), { type: "setup", error: asError(thrown) }),
      )
      .finally(() => {
        if (--this.#expected === 0) this.#whenAllAreHere?.()
      })
      // Their parent has been ended by force meanwhile, and its worker with it.
      .catch(() => {})
  }

  #submit(child: ComingChild, definition: AnyTaskDefinition, failure: TaskFailure | undefined): void {
    const { id, args, settings: own, share } = child.call
    const settings = own === undefined ? definition.settings : { ...definition.settings, ...own }
    const birth = failure === undefined ? { id } : { id, failure }
    child.arrived(this.#attempt.link.run(new Call(definition, args, settings), this.#optionsOf(child), share, birth))
  }

  /** With the body's callbacks, where it gave any; what they give back says when they have been called. */
  #optionsOf({ number, call: { options, callsBack } }: ComingChild): RunOptions {
    const whenDone = (task: TaskHandle): unknown => this.#callBack(number, task, undefined, undefined)
    const whenEvent = (task: TaskHandle, name: string, data: unknown): unknown =>
      this.#callBack(number, task, name, data)
    return { ...options, ...(callsBack.whenDone && { whenDone }), ...(callsBack.whenEvent && { whenEvent }) }
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

/** In place of a definition that is not to be found. */
function nobody({ name, module, settings = {} }: ChildCall): AnyTaskDefinition {
  return { taskName: name, settings, module, input: undefined, output: undefined, body: () => {} }
}
