import { NoListener } from "../task/no-listener.ts"

/** Where nobody gave another place, this is where an operator looks. A colon leads to the cause, as the console puts it on the same line. */
function print(message: string, ...cause: readonly unknown[]): void {
  // oxlint-disable-next-line no-console -- as above
  console.warn(cause.length === 0 ? message : `${message}:`, ...cause)
}

/** The one way to the user's callbacks: through `dispatch`, and with every throw reported and harming nobody. */
export class Callbacks {
  readonly #dispatch: ((callback: () => void) => void) | undefined
  readonly #warn: (message: string, cause?: unknown) => void

  constructor(
    dispatch: ((callback: () => void) => void) | undefined,
    warn: (message: string, cause?: unknown) => void = print,
  ) {
    this.#dispatch = dispatch
    this.#warn = warn
  }

  /** Calls `callback`; `what` names it in the report of a throw. */
  call(what: string, callback: () => unknown): void {
    void this.ask(what, callback)
  }

  /** As `call`; resolves to true when the callback has handled it, to false when it threw. */
  ask(what: string, callback: () => unknown): Promise<boolean> {
    return new Promise((resolve) => {
      const guarded = (): void => {
        try {
          const result = callback()
          if (!(result instanceof Promise)) return resolve(true)
          result.then(
            () => resolve(true),
            (error: unknown) => {
              if (!(error instanceof NoListener)) this.warn(`${what} rejected`, error)
              resolve(false)
            },
          )
        } catch (error) {
          this.warn(`${what} threw`, error)
          resolve(false)
        }
      }
      if (this.#dispatch === undefined) return guarded()
      const failed = (error: unknown): void => {
        this.warn("The dispatch function threw", error)
        resolve(false)
      }
      try {
        const result: unknown = this.#dispatch(guarded)
        if (result instanceof Promise) result.catch(failed)
      } catch (error) {
        failed(error)
      }
    })
  }

  /** Reports what no task can be told. */
  warn(message: string, cause?: unknown): void {
    try {
      if (cause === undefined) this.#warn(`tasktor: ${message}`)
      else this.#warn(`tasktor: ${message}`, cause)
    } catch {
      // There is nobody left to tell.
    }
  }
}
