import { decodeError } from "../../../runtime/failure/codec/decode-error.ts"
import { type FromWorker, fromWorker, toWorker } from "../worker/envelopes.ts"
import { ChildDesk } from "./child-desk.ts"
import type { PooledAttempt } from "./pooled-attempt.ts"
import type { PoolWorker } from "./pool-worker.ts"

/** What a body says. */
type BodyMail = Extract<
  FromWorker,
  readonly [
    kind:
      | typeof fromWorker.message
      | typeof fromWorker.event
      | typeof fromWorker.ask
      | typeof fromWorker.log
      | typeof fromWorker.runChild,
    ...rest: unknown[],
  ]
>

/** What a body says about its children, and what it left behind when it ended. */
type ChildMail = Extract<
  FromWorker,
  readonly [
    kind:
      | typeof fromWorker.childOutcome
      | typeof fromWorker.cancelChild
      | typeof fromWorker.listenToChild
      | typeof fromWorker.unlistenToChild
      | typeof fromWorker.handled
      | typeof fromWorker.beginChildren,
    ...rest: unknown[],
  ]
>

/**
 * Passes on what the body that runs says to its attempt.
 *
 * @param startTimeoutMs How long the import of a child's module may last.
 */
export function deliver(worker: PoolWorker, mail: BodyMail, startTimeoutMs: number): void {
  const pooled = worker.running
  if (pooled?.ticket !== mail[1]) return
  const { link } = pooled.attempt
  tellProgress(pooled, mail[2])
  switch (mail[0]) {
    case fromWorker.message:
      return link.message(mail[3])
    case fromWorker.event:
      return link.event(mail[3], mail[4])
    case fromWorker.ask: {
      const [, ticket, , name, data, timeoutMs, request] = mail
      void link
        .eventAndWait(name, data, timeoutMs)
        .then((handled) => worker.post([toWorker.answer, ticket, request, handled]))
      return
    }
    case fromWorker.log:
      return link.log(mail[3], mail[4] as readonly unknown[])
    case fromWorker.runChild:
      return deskOf(worker, pooled, startTimeoutMs).run(mail[3], mail[4])
  }
}

export function deliverToDesk({ desks }: PoolWorker, mail: ChildMail): void {
  const desk = desks.get(mail[1])
  switch (mail[0]) {
    case fromWorker.childOutcome:
      return desk?.outcome(mail[2], mail[3], mail[4])
    case fromWorker.cancelChild:
      return desk?.cancel(mail[2], mail[3], mail[4])
    case fromWorker.listenToChild:
      return desk?.listen(mail[2], mail[3])
    case fromWorker.unlistenToChild:
      return desk?.unlisten(mail[2], mail[3])
    case fromWorker.handled:
      return desk?.handled(mail[2], mail[3], mail[4] === undefined ? undefined : decodeError(mail[4]))
    case fromWorker.beginChildren:
      return desk?.begin()
  }
}

/** Progress goes ahead of whatever else a body says, and only when it has changed. */
export function tellProgress(pooled: PooledAttempt, fraction: number): void {
  if (fraction === pooled.progress) return
  pooled.progress = fraction
  pooled.attempt.link.progress(fraction)
}

/** The end of a body that has begun, as its worker tells it. */
export function settle(
  pooled: PooledAttempt,
  end: Extract<
    FromWorker,
    readonly [
      kind: typeof fromWorker.returned | typeof fromWorker.threw | typeof fromWorker.unsendable,
      ...rest: unknown[],
    ]
  >,
): void {
  tellProgress(pooled, end[2])
  switch (end[0]) {
    case fromWorker.returned:
      return pooled.succeed(end[4])
    case fromWorker.threw: {
      const [, , , , error, retry] = end
      if (retry !== undefined) pooled.attempt.retryRequested(retry.afterMs)
      return pooled.fail({ type: "error", error: decodeError(error) })
    }
    case fromWorker.unsendable: {
      const [, , , , path] = end
      return pooled.fail({ type: "serialization", side: "output", ...(path === undefined ? {} : { path }) })
    }
  }
}

function deskOf(worker: PoolWorker, { attempt, ticket }: PooledAttempt, startTimeoutMs: number): ChildDesk {
  const known = worker.desks.get(ticket)
  if (known !== undefined) return known
  const desk = new ChildDesk(attempt, ticket, startTimeoutMs, (envelope) => worker.post(envelope))
  worker.desks.set(ticket, desk)
  return desk
}
