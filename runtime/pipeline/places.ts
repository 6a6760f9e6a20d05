import type { Task } from "../task/task.ts"
import { shapeOfPipeline } from "./pipeline.ts"
import { PipelinePlace } from "./place.ts"

const places = new WeakMap<Task, PipelinePlace>()

/** Where the pipeline is which that task runs; undefined for any other task. */
export function placeOf(task: Task): PipelinePlace | undefined {
  const known = places.get(task)
  if (known !== undefined) return known
  const shape = shapeOfPipeline(task.definition)
  if (shape === undefined) return undefined
  const place = new PipelinePlace(task, shape)
  places.set(task, place)
  return place
}
