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

/** The supervisor's side of the child tasks that one body in a worker runs. */
export class ChildDesk {
  readonly #attempt: Attempt
  readonly #ticket: number
  readonly #post: (envelope: ToWorker) => void
  readonly #children = new Map<number, ChildLink | Promise<ChildLink>>()
  /** Events that the body is handling, by request. */
  readonly #handling = new Map<number, { resolve(): void; reject(error: unknown): void }>()
  #lastRequest = 0
  #closed = false

  constructor(attempt: Attempt, ticket: number, post: (envelope: ToWorker) => void) {
    this.#attempt = attempt
    this.#ticket = ticket
    this.#post = post
  }

  run(child: number, call: ChildCall): void {
    const link = this.#start(call)
    this.#children.set(child, link)
    if (!(link instanceof Promise)) return
    void link.then((started) => this.#children.set(child, started))
  }

  outcome(child: number, request: number): void {
    void this.#withChild(child, async (link) => this.#answer(request, encodeOutcome(await link.outcome())))
  }

  cancel(child: number, request: number, reason: string | undefined): void {
    void this.#withChild(child, async (link) => this.#answer(request, await link.cancel(reason)))
  }

  listen(child: number, name: string): void {
    void this.#withChild(child, (link) => link.on(name, (data) => this.#deliver(child, name, data)))
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
    this.#closed = true
    for (const { reject } of this.#handling.values()) reject(new Error("The listener's task has ended"))
    this.#handling.clear()
  }

  /** At once where the definition is known, so that a listener of the same turn misses no event. */
  #start(call: ChildCall): ChildLink | Promise<ChildLink> {
    try {
      const definition = findDefinition(call.name, call.module)
      if (!(definition instanceof Promise)) return this.#submit(call, definition)
      return definition.then((found) => this.#submit(call, found)).catch((thrown: unknown) => dead(call, thrown))
    } catch (thrown) {
      return dead(call, thrown)
    }
  }

  #submit(call: ChildCall, { settings }: AnyTaskDefinition): ChildLink {
    const own: ChildRunOptions = { ...call.settings, ...call.options, childId: call.id }
    return this.#attempt.link.run({ taskName: call.name, args: call.args, settings }, own, call.share)
  }

  #withChild(child: number, use: (link: ChildLink) => unknown): unknown {
    const link = this.#children.get(child)
    // Without a promise where there is none: a listener must be there before the child's first event.
    return link instanceof Promise ? link.then(use) : link === undefined ? undefined : use(link)
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
