import type { Outcome } from "../../../machines/task/outcome.ts"
import type { ChildLink } from "../../../runtime/context/link.ts"
import type { AnyTaskDefinition } from "../../../runtime/definition/definition.ts"
import { findDefinition } from "../../../runtime/definition/registry.ts"
import { asError } from "../../../runtime/failure/codec/as-error.ts"
import { encodeOutcome } from "../../../runtime/failure/codec/failure-codec.ts"
import type { Attempt } from "../../../runtime/ports/executor.ts"
import type { ChildCall, ToWorker } from "../worker/envelopes.ts"
import { toWorker } from "../worker/envelopes.ts"
import type { ChildRunOptions } from "../../../runtime/supervisor/lifecycle.ts"

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

/** The supervisor's side of the child tasks that one body in a worker runs. */
export class ChildDesk {
  readonly #attempt: Attempt
  readonly #ticket: number
  readonly #post: (envelope: ToWorker) => void
  readonly #children = new Map<number, ComingChild>()
  #held: ComingChild[] = []
  #endHold: (() => void) | undefined
  /** Events that the body is handling, by request. */
  readonly #handling = new Map<number, { resolve(): void; reject(error: unknown): void }>()
  #lastRequest = 0
  #closed = false

  constructor(attempt: Attempt, ticket: number, post: (envelope: ToWorker) => void) {
    this.#attempt = attempt
    this.#ticket = ticket
    this.#post = post
  }

  run(name: number, call: ChildCall): void {
    const child = new ComingChild(call)
    this.#children.set(name, child)
    this.#held.push(child)
    this.#endHold ??= this.#attempt.link.timer(longestHoldMs, () => this.begin())
  }

  /** Those that have been held are submitted. */
  begin(): void {
    this.#endHold?.()
    this.#endHold = undefined
    const held = this.#held
    this.#held = []
    for (const child of held) this.#start(child)
  }

  outcome(child: number, request: number): void {
    this.#children
      .get(child)
      ?.use((link) => void link.outcome().then((end) => this.#answer(request, encodeOutcome(end))))
  }

  cancel(child: number, request: number, reason: string | undefined): void {
    this.#children.get(child)?.use((link) => void link.cancel(reason).then((receipt) => this.#answer(request, receipt)))
  }

  listen(child: number, name: string): void {
    this.#children.get(child)?.use((link) => void link.on(name, (data) => this.#deliver(child, name, data)))
  }

  /** The body has handled an event of a child's, or failed to. */
  handled(request: number, error: Error | undefined): void {
    const handling = this.#handling.get(request)
    this.#handling.delete(request)
    if (error === undefined) handling?.resolve()
    else handling?.reject(error)
  }

  /** The body has ended: it handles nothing any more. */
  close(): void {
    this.#endHold?.()
    this.#closed = true
    for (const { reject } of this.#handling.values()) reject(new Error("The listener's task has ended"))
    this.#handling.clear()
  }

  #start(child: ComingChild): void {
    const { call } = child
    const submit = (definition: AnyTaskDefinition): void => child.arrived(this.#submit(call, definition))
    const fail = (thrown: unknown): void => child.arrived(dead(call, thrown))
    try {
      const definition = findDefinition(call.name, call.module)
      if (definition instanceof Promise) definition.then(submit).catch(fail)
      else submit(definition)
    } catch (thrown) {
      fail(thrown)
    }
  }

  #submit(call: ChildCall, { settings }: AnyTaskDefinition): ChildLink {
    const own: ChildRunOptions = { ...call.settings, ...call.options, childId: call.id }
    return this.#attempt.link.run({ taskName: call.name, args: call.args, settings }, own, call.share)
  }

  #deliver(child: number, name: string, data: unknown): Promise<void> {
    if (this.#closed) return Promise.reject(new Error("The listener's task has ended"))
    return new Promise((resolve, reject) => {
      const request = ++this.#lastRequest
      this.#handling.set(request, { resolve, reject })
      this.#post([toWorker.childEvent, this.#ticket, child, name, data, request])
    })
  }

  #answer(request: number, value: unknown): void {
    if (!this.#closed) this.#post([toWorker.answer, this.#ticket, request, value])
  }
}

/** A child that could not even be submitted. In a coroutine the body would have had the error at the call. */
function dead(call: ChildCall, thrown: unknown): ChildLink {
  const failure = { type: "setup", error: asError(thrown) } as const
  const outcome: Outcome<unknown> = { status: "failed", failure, attempts: [failure] }
  return {
    id: call.id,
    outcome: () => Promise.resolve(outcome),
    cancel: () => Promise.resolve("already-failed"),
    on: () => () => {},
  }
}
