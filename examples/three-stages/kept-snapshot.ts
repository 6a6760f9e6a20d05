import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import type { Snapshot } from "xstate"

/** A machine's persisted snapshot in a file, which is never half written. */
export class KeptSnapshot<Context> {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  read(): (Snapshot<unknown> & { readonly context: Context }) | undefined {
    if (!existsSync(this.#path)) return undefined
    return JSON.parse(readFileSync(this.#path, "utf8")) as Snapshot<unknown> & { readonly context: Context }
  }

  write(snapshot: Snapshot<unknown>): void {
    writeFileSync(`${this.#path}.part`, JSON.stringify(snapshot))
    renameSync(`${this.#path}.part`, this.#path)
  }

  forget(): void {
    rmSync(this.#path, { force: true })
  }
}
