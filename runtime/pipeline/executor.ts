import * as Effect from "effect/Effect"
import { pipelineMachine } from "../../machines/pipeline/machine.ts"
import type { TaskFailure } from "../../machines/task/outcome.ts"
import { makeMachinesWith } from "./machine-maker.ts"
import type { Attempt, Executor } from "../ports/executor.ts"
import { RunningAttempt } from "../task/attempt.ts"
import { type PipelineEnd, PipelineEngine } from "./engine.ts"
import { pipelineExecutorName } from "./pipeline.ts"
import { placeOf } from "./places.ts"
import type { PipelinePlan } from "./plan.ts"

/** Runs pipelines, which only wait for their steps: without a slot, so that they keep none from others. */
export function pipelineExecutor(): Executor {
  makeMachinesWith(pipelineMachine)
  return {
    name: pipelineExecutorName,
    defaultConcurrency: Number.POSITIVE_INFINITY,
    force: "abandons",
    open: () => {},
    check: ({ taskName, onlyOn }) => {
      if (onlyOn === pipelineExecutorName) return
      throw new TypeError(
        `Cannot run task ${JSON.stringify(taskName)} on executor "pipeline": it is for chain, group, chord, map, chunks and graph; a task needs another one, such as "coroutine"`,
      )
    },
    execute: (attempt) => Effect.callback((resume) => run(attempt, (end) => resume(exitOf(end)))),
    close: () => Promise.resolve(),
  }
}

function run(attempt: Attempt, end: (end: PipelineEnd) => void): void {
  const place = attempt instanceof RunningAttempt ? placeOf(attempt.task) : undefined
  if (!(attempt instanceof RunningAttempt) || place === undefined) {
    throw new TypeError(`Cannot run ${attempt.definition.taskName}: it is no pipeline`)
  }
  const plan = attempt.args[0] as PipelinePlan
  const engine = new PipelineEngine(attempt, plan, place, end)
  attempt.started()
  attempt.giveUpSlot()
  attempt.onAbort(() => {
    engine.stop({ type: "error", error: new DOMException(`Task ${attempt.id} was aborted`, "AbortError") })
  })
  engine.begin()
}

function exitOf(end: PipelineEnd): Effect.Effect<unknown, TaskFailure> {
  return "output" in end ? Effect.succeed(end.output) : Effect.fail(end.failure)
}
