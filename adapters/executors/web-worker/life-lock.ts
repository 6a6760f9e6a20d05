/**
 * How a page knows that a worker is gone. `terminate()` returns at once, but Chromium lets a loop run on for two seconds (measured
 * in version 156: a counter in shared memory went on for 2.02 s), and a worker that closes itself, or dies for want of memory,
 * tells nobody. But whatever ends it, the browser frees its locks, and not before it has stopped. (The `close` event of its
 * message port would do as well, but is not sent for a worker that was terminated.)
 */

/** A name that no other worker of this origin has; undefined where there are no locks: they need a secure context. */
export function newLifeLock(): string | undefined {
  // In an insecure context it is not there, whatever its type says.
  const locks = navigator.locks as LockManager | undefined
  return locks === undefined ? undefined : `tasktor worker ${crypto.randomUUID()}`
}

/** The worker's: holds the lock from now on. Resolves to whether it could be had. */
export function holdForLife(lock: string | undefined): Promise<boolean> {
  if (lock === undefined) return Promise.resolve(false)
  return new Promise((resolve) => {
    const forEver = new Promise<never>(() => {})
    navigator.locks
      .request(lock, () => {
        resolve(true)
        return forEver
      })
      // A page of an opaque origin has locks, and may not use them.
      .catch(() => resolve(false))
  })
}

/** The page's: resolves when the worker that holds the lock is gone; rejects when the page itself is on its way out. */
export async function whenFreed(lock: string): Promise<void> {
  await navigator.locks.request(lock, () => {})
}
