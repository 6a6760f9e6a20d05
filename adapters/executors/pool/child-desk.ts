import type { TaskFailure } from "../../../machines/task/outcome.ts"
import type { ChildLink } from "../../../runtime/context/link.ts"
import { Call } from "../../../runtime/definition/call.ts"
import type { AnyTaskDefinition } from "../../../runtime/definition/definition.ts"
import { findDefinition } from "../../../runtime/definition/registry.ts"
import { asError } from "../../../runtime/failure/codec/as-error.ts"
import { encodeOutcome } from "../../../runtime/failure/codec/failure-codec.ts"
import type { Attempt } from "../../../runtime/ports/executor.ts"
import { NoListener } from "../../../runtime/task/no-listener.ts"
import type { ChildCall, ToWorker } from "../worker/envelopes.ts"
import { toWorker } from "../worker/envelopes.ts"

/** A body that computes on after it has run a child is not waited for any longer than this. */
const longestHoldMs = 10

/** A child on its way to the supervisor: held until its parent's turn is over, then until its definition is known. */
class ComingChild {
  readonly call: ChildCall
  #link: ChildLink | undefined
  #waiting: ((link: ChildLink) => void)[] = []

  constructor(call: ChildCall) {
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
  #held: ComingChild[] = []
  #endHold: (() => void) | undefined
  /** Children whose definition is being imported, and who waits for them. */
  #expected = 0
  #whenAllAreHere: (() => void) | undefined
  /** Ends of what listens to the children's events. */
  readonly #listening = new Map<string, () => void>()
  /** Events that the body is handling, by request. */
  readonly #handling = new Map<number, { resolve(): void; reject(error: unknown): void }>()
  #lastRequest = 0

  constructor(attempt: Attempt, ticket: number, post: (envelope: ToWorker) => void) {
    this.#attempt = attempt
    this.#ticket = ticket
    this.#post = post
  }

  run(name: number, call: ChildCall): void {
    const child = new ComingChild(call)
    this.#children.set(name, child)
    child.use(({ id }) => {
      if (id !== call.id) this.#post([toWorker.childIs, this.#ticket, name, id])
    })
    this.#held.push(child)
    this.#endHold ??= this.#attempt.timer(longestHoldMs, () => this.begin())
  }

  /** Those that have been held are submitted. */
  begin(): void {
    this.#endHold?.()
    this.#endHold = undefined
    const held = this.#held
    this.#held = []
    for (const child of held) this.#start(child)
  }

  outcome(child: number, request: number, timeoutMs: number | undefined): void {
    this.#children.get(child)?.use((link) => {
      void link.outcome(timeoutMs).then((end) => this.#answer(request, end === undefined ? end : encodeOutcome(end)))
    })
  }

  cancel(child: number, request: number, reason: string | undefined): void {
    this.#children.get(child)?.use((link) => void link.cancel(reason).then((receipt) => this.#answer(request, receipt)))
  }

  listen(child: number, name: string): void {
    this.#children.get(child)?.use((link) => {
      const stop = link.on(name, (data) => this.#deliver(child, name, data))
      this.#listening.set(JSON.stringify([child, name]), stop)
    })
  }

  unlisten(child: number, name: string): void {
    this.#children.get(child)?.use(() => this.#listening.get(JSON.stringify([child, name]))?.())
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
    const { id, args, settings: own, options, share } = child.call
    const settings = own === undefined ? definition.settings : { ...definition.settings, ...own }
    const birth = failure === undefined ? { id } : { id, failure }
    child.arrived(this.#attempt.link.run(new Call(definition, args, settings), options, share, birth))
  }

  #deliver(child: number, name: string, data: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = ++this.#lastRequest
      this.#handling.set(request, { resolve, reject })
      this.#post([toWorker.childEvent, this.#ticket, child, name, data, request])
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
