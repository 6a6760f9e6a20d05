import type { Clock } from "../ports/clock.ts"

// `setImmediate` where there is one (Node), a message to oneself elsewhere: both let waiting I/O go first, without the 4 ms that
// browsers add to nested timeouts.
const immediate = (globalThis as { setImmediate?: (callback: () => void) => unknown }).setImmediate
const waiting: (() => void)[] = []
let channel: MessageChannel | undefined

function deferByMessage(callback: () => void): void {
  if (channel === undefined) {
    channel = new MessageChannel()
    channel.port1.onmessage = () => waiting.shift()?.()
  }
  waiting.push(callback)
  channel.port2.postMessage(undefined)
}

/** The machine's own time. The globals are read late, so that fake timers of a test framework work too. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, ms, background) => {
    const timer: unknown = setTimeout(callback, ms)
    // Browsers' timers are numbers, and keep nothing alive.
    if (background === true) (timer as { unref?: () => void }).unref?.()
    return timer
  },
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  defer: (callback) => {
    if (immediate === undefined) deferByMessage(callback)
    else immediate(callback)
  },
}
