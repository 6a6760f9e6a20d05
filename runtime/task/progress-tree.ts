import type { ProgressShare } from "../context/link.ts"

/** The children of one context: a slice of the parent's progress, divided among them. */
interface Node {
  readonly base: number
  readonly range: number
  total: number | undefined
  weights: number
  /** Sum of weight × progress. */
  done: number
}

/**
 * What the child tasks add to their parent's progress. Each context has its slice; in it a child moves the bar by `weight` units of
 * what `setTotal` said, or, when it said nothing, by its share of all the weights so far.
 *
 * Slices add up, one after another as well as side by side. What lies before a slice and belongs to no other counts as done, and
 * where the body itself has come past a slice, nothing of it is counted twice.
 */
export class ProgressTree {
  /** The children of the body's own context. */
  #whole: Node | undefined
  /** Those of its sub-contexts, by their beginning. */
  readonly #slices: Node[] = []
  readonly #nodes = new Map<number, Node>()

  add({ node: name, base, range, total, weight }: ProgressShare): void {
    const node = this.#nodes.get(name) ?? this.#make(name, base, range)
    node.weights += weight
    node.total = total
  }

  grow(name: number, growth: number): void {
    const node = this.#nodes.get(name)
    if (node !== undefined) node.done += growth
  }

  /** The progress of the whole, 0..1, when the body itself has come to `own`. */
  over(own: number): number {
    let sum = own
    let covered = own
    for (const slice of this.#slices) {
      const { base, range } = slice
      sum += Math.max(0, base - covered)
      sum += Math.min(partOf(slice), Math.max(0, base + range - Math.max(base, covered)))
      covered = Math.max(covered, base + range)
    }
    return Math.min(1, this.#whole === undefined ? sum : sum + partOf(this.#whole))
  }

  #make(name: number, base: number, range: number): Node {
    const node: Node = { base, range, total: undefined, weights: 0, done: 0 }
    this.#nodes.set(name, node)
    if (name === 0) this.#whole = node
    else {
      const after = this.#slices.findIndex((slice) => slice.base > base)
      this.#slices.splice(after < 0 ? this.#slices.length : after, 0, node)
    }
    return node
  }
}

function partOf({ range, total, weights, done }: Node): number {
  const whole = total ?? weights
  return whole === 0 ? 0 : range * Math.min(1, done / whole)
}
