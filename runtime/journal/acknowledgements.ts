/** Those who wait to be told of what has happened, in their order, and of nothing that is not written. */
export class Acknowledgements {
  /** What they wait for is to be written. */
  #waiting: (() => void)[] = []
  /** It is written, and they are about to be told. */
  #due: (() => void)[] = []

  /** @param isWritten All that has happened is. */
  add(callback: () => void, isWritten: boolean): void {
    if (!isWritten) this.#waiting.push(callback)
    else if (this.#due.length === 0) callback()
    else this.#due.push(callback)
  }

  /** All that has happened until now is written. */
  written(): void {
    if (this.#due.length === 0) this.#due = this.#waiting
    else for (const one of this.#waiting) this.#due.push(one)
    this.#waiting = []
  }

  tell(): void {
    const due = this.#due
    this.#due = []
    for (const acknowledge of due) acknowledge()
  }

  /** Nobody waits any longer, whatever is written. */
  tellAll(): void {
    this.written()
    this.tell()
  }
}
