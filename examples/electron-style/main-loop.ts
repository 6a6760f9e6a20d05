/**
 * The loop of a user interface: whatever touches a window has its turn here, one callback after another, as with GTK's `idle_add`, libui's
 * `uiQueueMain` or Qt's event loop.
 */
export class MainLoop {
  readonly #waiting: (() => void)[] = []
  #isTurning = false

  /** Has `callback` called in a later turn: "schedule on the main thread". */
  readonly invoke = (callback: () => void): void => {
    if (this.#waiting.push(callback) === 1) setImmediate(() => this.#turn())
  }

  /** @throws Error where the caller has no turn: such toolkits crash there, now or later. */
  check(action: string): void {
    if (!this.#isTurning) throw new Error(`Cannot ${action} outside the main loop`)
  }

  #turn(): void {
    this.#isTurning = true
    for (const callback of this.#waiting.splice(0)) callback()
    this.#isTurning = false
  }
}
