import type { BodyName } from "../workers/bodies.ts"

/** A library's pool of two warm workers, reduced to what all of them can do: run one body of bench/workers/bodies.ts. */
export interface Pool {
  run(argument?: number): PromiseLike<unknown>
}

/** A way to use a library. */
export interface Entrant {
  readonly name: string
  open(body: BodyName): Pool
}

/** As many as the targets speak of. */
export const workers = 2
