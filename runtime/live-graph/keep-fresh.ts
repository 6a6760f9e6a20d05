import { definitionOf } from "../definition/call.ts"
import { durationMs } from "../definition/duration.ts"
import { show } from "../failure/show.ts"
import type { Graph } from "../pipeline/graph.ts"
import { planOf } from "../pipeline/pipeline.ts"
import type { Supervisor } from "../supervisor/supervisor.ts"
import { workingsOf } from "../supervisor/workings.ts"
import { GraphKeeper } from "./graph-keeper.ts"
import type { IsEqual } from "./live-steps.ts"
import type { LiveGraph, LiveGraphOptions } from "./live-graph.ts"

/**
 * Keeps the outputs of a graph up to date: each step is computed as a task under the supervisor, and again when it, or what it comes after, is
 * invalidated. At most one task of a step lives, and however often it is invalidated meanwhile, one more follows. A step whose inputs have come
 * out the same is not computed again.
 *
 * It has the steps and the `concurrency` of the graph. A step that fails leaves those after it dirty, and the others go on. It stops with
 * the supervisor.
 *
 * @throws TypeError or RangeError for what is no supervisor or no graph, and for an option that cannot be used.
 * @example
 * const read = defineTask({ name: "read", run: async (_ctx, url: string) => (await fetch(url)).text() })
 * const count = defineTask({ name: "count", run: (_ctx, text: string) => text.split("\n").length })
 * const page = graph({ text: read("http://a.test"), lines: { after: "text", run: count } })
 * await using live = keepFresh(supervisor, page, { debounce: "200 ms" })
 * live.subscribe(({ state, steps }) => console.log(state, steps.lines.output))
 * live.invalidate("text")
 * live.invalidate("text", read("http://b.test"))
 */
export function keepFresh<Outputs, Output>(
  supervisor: Supervisor,
  graph: Graph<Outputs, Output>,
  options: LiveGraphOptions<Outputs> = {},
): LiveGraph<Outputs> {
  const workings = workingsOf(Object(supervisor) as Supervisor)
  if (workings === undefined) {
    throw new TypeError(`${action}: ${show(supervisor)} is no supervisor; make one with createSupervisor`)
  }
  const plan = planOf(definitionOf(graph), graph.args)
  if (plan?.graph === undefined) {
    throw new TypeError(`${action}: ${JSON.stringify(graph.taskName)} is no graph; make one with graph`)
  }
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${action}: its options must be an object, current value is ${show(options)}`)
  }
  const { mode = "automatic", debounce = 0, isEqual = Object.is } = options
  if (mode !== "automatic" && mode !== "manual") {
    throw new RangeError(`${action}: "mode" must be one of automatic, manual, current value is ${show(mode)}`)
  }
  if (typeof isEqual !== "function") {
    throw new TypeError(`${action}: "isEqual" must be a function, current value is ${show(isEqual)}`)
  }
  const debounceMs = durationMs(debounce, '"debounce" of keepFresh()')
  const keeper = new GraphKeeper({
    supervisor,
    workings,
    plan,
    graph: plan.graph,
    mode,
    debounceMs,
    isEqual: isEqual as IsEqual,
  })
  return keeper as unknown as LiveGraph<Outputs>
}

const action = "Cannot keep a graph fresh"
