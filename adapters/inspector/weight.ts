import type { Definition, Definitions } from "./definitions.ts"
import { type KeptFrame, sizeOf } from "./kept-frame.ts"

/** How much memory some of the frames take, about, each of their definitions once. */
export class Weight {
  bytes = 0
  readonly #definitions: Definitions
  readonly #uses = new Map<Definition, number>()

  constructor(definitions: Definitions) {
    this.#definitions = definitions
  }

  add(frame: KeptFrame): void {
    this.bytes += sizeOf(frame)
    const { definition } = frame
    if (definition === undefined) return
    this.#definitions.use(definition)
    const uses = this.#uses.get(definition) ?? 0
    this.#uses.set(definition, uses + 1)
    if (uses === 0) this.bytes += weightOf(definition)
  }

  remove(frame: KeptFrame): void {
    this.bytes -= sizeOf(frame)
    const { definition } = frame
    if (definition === undefined) return
    this.#definitions.release(definition)
    const uses = this.#uses.get(definition) ?? 0
    if (uses > 1) this.#uses.set(definition, uses - 1)
    else {
      this.#uses.delete(definition)
      this.bytes -= weightOf(definition)
    }
  }
}

/** It is there twice: as it is, and as it stands in a frame. */
function weightOf({ json }: Definition): number {
  return 4 * json.length
}
