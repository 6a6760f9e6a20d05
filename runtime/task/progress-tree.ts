import type { ProgressShare } from "../context/link.ts"

/** The children of one context: a slice of the parent's progress, divided among them. */
interface Node {
  readonly range: number
  total: number | undefined
  weights: number
  /** Sum of weight × progress. */
  done: number
}

/**
 * What the child tasks add to their parent's progress. Each context has its slice; in it a child moves the bar by `weight` units of
 * what `setTotal` said, or, when it said nothing, by its share of all the weights so far.
 */
export class ProgressTree {
  readonly #nodes = new Map<number, Node>()
  #sum = 0

  /** 0..1, to be added to the body's own progress. */
  get sum(): number {
    return this.#sum
  }

  add(share: ProgressShare): void {
    const node = this.#nodes.get(share.node) ?? { range: share.range, total: share.total, weights: 0, done: 0 }
    const before = partOf(node)
    this.#nodes.set(share.node, node)
    node.weights += share.weight
    node.total = share.total
    this.#sum += partOf(node) - before
  }

  grow(name: number, growth: number): void {
    const node = this.#nodes.get(name)
    if (node === undefined) return
    const before = partOf(node)
    node.done += growth
    this.#sum += partOf(node) - before
  }
}

function partOf({ range, total, weights, done }: Node): number {
  return range * Math.min(1, done / (total ?? Math.max(1, weights)))
}
