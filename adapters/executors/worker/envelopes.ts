import type { LogLevel } from "../../../machines/task/events.ts"
import type { TaskFailure } from "../../../machines/task/outcome.ts"
import type { TaskKey } from "../../../machines/task/snapshot.ts"
import type { ToldCall } from "../../../runtime/pipeline/crossing.ts"
import type { ProgressShare } from "../../../runtime/context/link.ts"
import type { EncodedSnapshot } from "../../../runtime/failure/codec/failure-codec.ts"
import type { EncodedError } from "../../../runtime/failure/codec/encoded-error.ts"
import type { RunOptions } from "../../../runtime/task/run-options.ts"

/**
 * The protocol between a pool and a worker: one ordered channel of batches, each an array of small tuples that begin with a
 * number. A tuple costs half of what an object with names costs to clone.
 */
export const toWorker = {
  /** Tells the name and the module behind a definition's number, before its first offer. */
  define: 0,
  /** One attempt, all of it told. */
  offer: 1,
  abort: 2,
  /** The answer to a request of the body's. */
  answer: 3,
  /** An event of a child task that the body listens to. */
  childEvent: 4,
  /** End, when nothing is in hand. */
  stop: 5,
  /** Many attempts of the plain kind (the first one, no key of its own, no schedule), in one flat array. */
  offers: 6,
  /** Imports the module of a definition: it is likely to be offered soon. */
  prepare: 7,
  /** A child has joined a task that was there: this is its id. */
  childIs: 8,
  /** A child calls back, as its options ask: at an event, or at its end. */
  childCallback: 9,
} as const

export type Offer = readonly [
  kind: typeof toWorker.offer,
  slot: number,
  ticket: number,
  definition: number,
  id: string,
  args: readonly unknown[],
  attempt: number,
  /** Undefined where it is the id. */
  key: TaskKey | undefined,
  scheduledFor: number | undefined,
]

/** Slot, ticket, definition, id and args of one attempt after the other: half of what as many tuples cost to clone. */
export type Offers = readonly [kind: typeof toWorker.offers, ...rest: unknown[]]

export type ToWorker =
  | readonly [kind: typeof toWorker.define, definition: number, name: string, module: string]
  | Offer
  | Offers
  | readonly [kind: typeof toWorker.abort, slot: number, ticket: number]
  | readonly [kind: typeof toWorker.answer, ticket: number, request: number, value: unknown]
  | readonly [
      kind: typeof toWorker.childEvent,
      ticket: number,
      child: number,
      name: string,
      data: unknown,
      /** Of the pool's: to be answered by `handled`. */
      request: number,
    ]
  | readonly [
      kind: typeof toWorker.childCallback,
      ticket: number,
      child: number,
      snapshot: EncodedSnapshot,
      /** Undefined at the end. */
      name: string | undefined,
      data: unknown,
      /** Of the pool's: to be answered by `handled`. */
      request: number,
    ]
  | readonly [kind: typeof toWorker.childIs, ticket: number, child: number, id: string]
  | readonly [kind: typeof toWorker.stop]
  | readonly [kind: typeof toWorker.prepare, definition: number]

export const fromWorker = {
  ready: 0,
  /** The set-up module failed; the worker ends. */
  unready: 1,
  /**
   * The body begins. Posted before it does, so that whoever finds the worker dead knows whose fault it was; unless its claim
   * in shared memory says so as well, and it is expected to be over before anybody could have read a message.
   */
  started: 2,
  returned: 3,
  threw: 4,
  /** The body returned, or sent, something that cannot cross. */
  unsendable: 5,
  /** The definition could not be loaded; the body never began. */
  unloadable: 6,
  message: 7,
  event: 8,
  /** An event whose sender waits for the listener. */
  ask: 9,
  log: 10,
  runChild: 11,
  childOutcome: 12,
  cancelChild: 13,
  listenToChild: 14,
  /** A child's event has been handled by the body, or could not be. */
  handled: 15,
  memory: 16,
  /** Something threw where nobody could catch it; the worker ends. */
  uncaught: 17,
  /** Bodies have ended whose outputs lie in shared memory. */
  collect: 18,
  /** The turn in which the body ran children is over: whatever listens to them listens by now, and they may begin. */
  beginChildren: 19,
  /** An attempt of a definition of which no body has begun here has been taken back, and its module holds up nobody. */
  passed: 22,
  /** The body has no listener to that event any more. */
  unlistenToChild: 20,
  /** The body has ended, and so have its children as far as it heard: nothing more is asked about them. */
  childrenGone: 21,
  /** A batch cannot be read there: something behind `heard`, the last attempt that it has heard of. It takes no more attempts. */
  unread: 23,
} as const

/** A child task as data. */
export interface ChildCall extends ToldCall {
  /** Of the child task. */
  readonly id: string
  readonly options: RunOptions
  /** Which of its options are functions of the body's. */
  readonly callsBack: { readonly whenDone: boolean; readonly whenEvent: boolean }
  readonly share: ProgressShare
  /** Why it cannot be run: its arguments cannot cross. */
  readonly failure?: TaskFailure
}

/**
 * An attempt is named by its ticket. What a body sends carries its progress, so that no listener sees an event before the progress that preceded it. `took` is
 * the time of the body in milliseconds.
 */
export type FromWorker =
  | readonly [kind: typeof fromWorker.ready]
  | readonly [kind: typeof fromWorker.unready, error: EncodedError]
  | readonly [kind: typeof fromWorker.started, ticket: number]
  | readonly [kind: typeof fromWorker.returned, ticket: number, progress: number, took: number, value: unknown]
  | readonly [
      kind: typeof fromWorker.threw,
      ticket: number,
      progress: number,
      took: number,
      error: EncodedError,
      retry: { readonly afterMs: number | undefined } | undefined,
    ]
  | readonly [
      kind: typeof fromWorker.unsendable,
      ticket: number,
      progress: number,
      took: number,
      path: string | undefined,
    ]
  | readonly [kind: typeof fromWorker.unloadable, ticket: number, error: EncodedError]
  | readonly [kind: typeof fromWorker.message, ticket: number, progress: number, text: string]
  | readonly [kind: typeof fromWorker.event, ticket: number, progress: number, name: string, data: unknown]
  | readonly [
      kind: typeof fromWorker.ask,
      ticket: number,
      progress: number,
      name: string,
      data: unknown,
      timeoutMs: number,
      request: number,
    ]
  | readonly [kind: typeof fromWorker.log, ticket: number, progress: number, level: LogLevel, data: unknown]
  | readonly [kind: typeof fromWorker.runChild, ticket: number, progress: number, child: number, call: ChildCall]
  | readonly [
      kind: typeof fromWorker.childOutcome,
      ticket: number,
      child: number,
      request: number,
      /** The answer is undefined when that has passed first. */
      timeoutMs: number | undefined,
    ]
  | readonly [
      kind: typeof fromWorker.cancelChild,
      ticket: number,
      child: number,
      request: number,
      reason: string | undefined,
    ]
  | readonly [kind: typeof fromWorker.listenToChild, ticket: number, child: number, name: string]
  | readonly [kind: typeof fromWorker.unlistenToChild, ticket: number, child: number, name: string]
  | readonly [
      kind: typeof fromWorker.handled,
      ticket: number,
      request: number,
      /** Whether there was a listener. */
      heard: boolean,
      error: EncodedError | undefined,
    ]
  | readonly [kind: typeof fromWorker.memory, bytes: number]
  | readonly [kind: typeof fromWorker.uncaught, error: EncodedError]
  | readonly [kind: typeof fromWorker.unread, heard: number, error: EncodedError]
  | readonly [kind: typeof fromWorker.collect]
  | readonly [kind: typeof fromWorker.beginChildren, ticket: number]
  | readonly [kind: typeof fromWorker.passed, ticket: number]
  | readonly [kind: typeof fromWorker.childrenGone, ticket: number]
