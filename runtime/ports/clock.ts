/**
 * The one source of all time that a task is judged by. Every timer of the supervisor, of its XState actors and of its Effects goes
 * through it, so a test that brings its own clock (`tasktor/testing`) turns all of them by hand. What a worker does, and how long it
 * has been silent, is real time.
 */
export interface Clock {
  /** The wall clock, in milliseconds since the epoch: for instants that people see. It may jump. */
  now(): number
  /** Milliseconds since some fixed moment: for durations. It never jumps. */
  monotonic(): number
  /** Calls back once after `ms` milliseconds. The timer keeps a Node process alive, unless it is one for the `background`. */
  setTimeout(callback: () => void, ms: number, background?: boolean): unknown
  clearTimeout(timer: unknown): void
  /** Calls back in a later turn of the event loop, so that waiting I/O gets its turn first. */
  defer(callback: () => void): void
}
