import { decodeError } from "../../../runtime/failure/codec/decode-error.ts"
import { type FromWorker, fromWorker, toWorker } from "../worker/envelopes.ts"
import { ChildDesk } from "./child-desk.ts"
import type { PooledAttempt } from "./pooled-attempt.ts"
import type { PoolWorker } from "./pool-worker.ts"

/** What a running body says. */
type BodyMail = Extract<
  FromWorker,
  readonly [
    kind:
      | typeof fromWorker.message
      | typeof fromWorker.event
      | typeof fromWorker.ask
      | typeof fromWorker.log
      | typeof fromWorker.runChild
      | typeof fromWorker.childOutcome
      | typeof fromWorker.cancelChild
      | typeof fromWorker.listenToChild
      | typeof fromWorker.beginChildren,
    ...rest: unknown[],
  ]
>

/** Passes on what a body says to its attempt. */
export function deliver(worker: PoolWorker, pooled: PooledAttempt, mail: BodyMail): void {
  const { link } = pooled.attempt
  switch (mail[0]) {
    case fromWorker.message:
      tellProgress(pooled, mail[2])
      return link.message(mail[3])
    case fromWorker.event:
      tellProgress(pooled, mail[2])
      return link.event(mail[3], mail[4])
    case fromWorker.ask: {
      tellProgress(pooled, mail[2])
      const [, , , name, data, timeoutMs, request] = mail
      const { ticket } = pooled
      void link
        .eventAndWait(name, data, timeoutMs)
        .then((handled) => worker.post([toWorker.answer, ticket, request, handled]))
      return
    }
    case fromWorker.log:
      tellProgress(pooled, mail[2])
      return link.log(mail[3], mail[4] as readonly unknown[])
    case fromWorker.runChild:
      tellProgress(pooled, mail[2])
      return deskOf(worker, pooled).run(mail[3], mail[4])
    case fromWorker.childOutcome:
      return deskOf(worker, pooled).outcome(mail[2], mail[3])
    case fromWorker.cancelChild:
      return deskOf(worker, pooled).cancel(mail[2], mail[3], mail[4])
    case fromWorker.listenToChild:
      return deskOf(worker, pooled).listen(mail[2], mail[3])
    case fromWorker.beginChildren:
      return deskOf(worker, pooled).begin()
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

function deskOf(worker: PoolWorker, pooled: PooledAttempt): ChildDesk {
  pooled.children ??= new ChildDesk(pooled.attempt, pooled.ticket, (envelope) => worker.post(envelope))
  return pooled.children
}
