import type { TaskSnapshot } from "../../machines/task/snapshot.ts"

/**
 * Which tasks are recorded. Supervisors, machines of your own and pipelines that no other one contains always are; so is a task of which the
 * policy knows nothing, when it fails or is cancelled (by `sample`, if very many do).
 *
 * - `"all"`: every task, from its first moment on.
 * - `"running"`: each from the moment in which it runs.
 * - `{ sample: n }`: of each name the first `n` tasks, then one of `n`.
 * - a function: those for which it is true. It is asked when a task is submitted, and must be quick.
 */
export type TaskPolicy = "all" | "running" | { readonly sample: number } | ((task: TaskSnapshot) => boolean)

/** Whether a task is recorded: from now on, never, or from when it runs. */
export type Verdict = "record" | "leave-out" | "when-running"

/** What a policy says of each task. */
export interface Judge {
  /** Of one that is new, or that is met for the first time. */
  born(task: TaskSnapshot): Verdict
  /** Of one that was left out, and now fails or is cancelled. */
  ended(task: TaskSnapshot): boolean
}

const defaultSample = 1000

/** @throws RangeError or TypeError for a policy that is none. */
export function judgeOf(policy: TaskPolicy = { sample: defaultSample }): Judge {
  const endings = new Sample(typeof policy === "object" ? policy.sample : defaultSample)
  const births = birthsOf(policy)
  return {
    born: (task) => (isTopPipeline(task) ? "record" : births(task)),
    ended: (task) => endings.takes(task.name),
  }
}

function birthsOf(policy: TaskPolicy): (task: TaskSnapshot) => Verdict {
  if (policy === "all") return () => "record"
  if (policy === "running") return ({ status }) => (status === "pending" ? "when-running" : "record")
  if (typeof policy === "function") return (task) => (policy(task) ? "record" : "leave-out")
  const sample = new Sample(policy.sample)
  return ({ name }) => (sample.takes(name) ? "record" : "leave-out")
}

function isTopPipeline({ executor, parent }: TaskSnapshot): boolean {
  return executor === "pipeline" && parent === undefined
}

/** The first so many of each name, then one of so many. */
class Sample {
  readonly #size: number
  readonly #counts = new Map<string, number>()

  constructor(size: number) {
    this.#size = size
  }

  takes(name: string): boolean {
    const count = (this.#counts.get(name) ?? 0) + 1
    // Names are few; a program that makes one for each task would fill the memory with them.
    if (this.#counts.size >= mostNames && count === 1) this.#counts.clear()
    this.#counts.set(name, count)
    return count <= this.#size || count % this.#size === 0
  }
}

const mostNames = 10_000
