import type { TaskFact } from "../events/task-fact.ts"
import type { TaskView } from "../supervisor/view.ts"
import { factText } from "./fact-text.ts"

/** Which facts: those with these fields, or those for which the function says true. `task` is an id. */
export type FactFilter =
  | { readonly task?: string; readonly name?: string; readonly type?: TaskFact["type"] }
  | ((fact: TaskFact) => boolean)

/** What a supervisor's tasks did since the recording began. */
export interface FactRecording extends AsyncIterable<TaskFact>, Disposable {
  /** All of them, in order. */
  readonly facts: readonly TaskFact[]
  where(filter: FactFilter): readonly TaskFact[]
  /** The first that there is, recorded already or still to come. Rejects when the recording is stopped before. */
  first(filter: FactFilter): Promise<TaskFact>
  /**
   * A line for each, the task's name before it (`carve`, and `carve 2` for the second of that name): for snapshots, so without ids and
   * times.
   */
  text(filter?: FactFilter): string
  /** Ends it, and every loop over it. Its facts stay. */
  stop(): void
}

/**
 * Records every fact of every task, from now on. A loop over the recording begins with its first fact and waits for more until it is
 * stopped.
 *
 * @example
 * using recording = recordFacts(supervisor)
 * await supervisor.addCoroutine(() => "a chair", [], { key: "carve" }).outcome()
 * console.log(recording.text())
 */
export function recordFacts(view: Pick<TaskView, "onFact">): FactRecording {
  const facts: TaskFact[] = []
  const labels = new Labels()
  let isOver = false
  // Those who wait for more.
  const waiting = new Set<() => void>()
  const wake = (): void => {
    const awake = [...waiting]
    waiting.clear()
    for (const one of awake) one()
  }
  const unsubscribe = view.onFact((fact) => {
    facts.push(fact)
    labels.note(fact)
    wake()
  })
  const stop = (): void => {
    isOver = true
    unsubscribe()
    wake()
  }

  async function* follow(): AsyncGenerator<TaskFact, undefined> {
    for (let index = 0; ; index++) {
      while (index >= facts.length) {
        if (isOver) return undefined
        await new Promise<void>((resolve) => waiting.add(resolve))
      }
      const fact = facts[index]
      if (fact !== undefined) yield fact
    }
  }

  return {
    facts,
    where: (filter) => facts.filter(test(filter)),
    first: async (filter) => {
      const isIt = test(filter)
      for await (const fact of follow()) if (isIt(fact)) return fact
      throw new Error(
        `Cannot wait for a fact any longer: the recording was stopped after ${facts.length} facts, and none was it`,
      )
    },
    text: (filter = () => true) =>
      facts
        .filter(test(filter))
        .map((fact) => `${labels.of(fact)} ${factText(fact)}`)
        .join("\n"),
    stop,
    [Symbol.asyncIterator]: follow,
    [Symbol.dispose]: stop,
  }
}

function test(filter: FactFilter): (fact: TaskFact) => boolean {
  if (typeof filter === "function") return filter
  const { task, name, type } = filter
  return (fact) =>
    (task === undefined || fact.task === task) &&
    (name === undefined || fact.name === name) &&
    (type === undefined || fact.type === type)
}

/** Names for tasks that are the same in every run: ids are not. */
class Labels {
  readonly #byTask = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  note({ task, name }: TaskFact): void {
    if (this.#byTask.has(task)) return
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    this.#byTask.set(task, count === 1 ? name : `${name} ${count}`)
  }

  of({ task, name }: TaskFact): string {
    return this.#byTask.get(task) ?? name
  }
}
