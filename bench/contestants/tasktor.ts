import { createSupervisor } from "tasktor"
import type { Supervisor, TaskCall } from "tasktor"
import type { BodyName } from "../workers/bodies.ts"
import { hold, noop, spin } from "../workers/tasks.ts"
import type { Entrant } from "./pool.ts"
import { workers } from "./pool.ts"

type WorkerKind = "thread" | "process"

type CallBody = (argument?: number) => TaskCall<unknown>

const definitions: Readonly<Record<BodyName, (executor: WorkerKind) => CallBody>> = {
  noop: (executor) => noop.with({ executor }),
  hold: (executor) => hold.with({ executor }),
  spin: (executor) => spin.with({ executor }),
}

/** A supervisor with two workers, and one body of bench/workers/bodies.ts in their hands. */
export function tasktorWith(executor: WorkerKind, body: BodyName): { supervisor: Supervisor; submit: SubmitBody } {
  const supervisor = createSupervisor({ concurrency: { [executor]: workers } })
  const task = definitions[body](executor)
  return { supervisor, submit: (argument) => supervisor.run(argument === undefined ? task() : task(argument)) }
}

type SubmitBody = (argument?: number) => { result(): Promise<unknown> }

function entrant(executor: WorkerKind): Entrant {
  return {
    name: "tasktor",
    open: (body) => {
      const { submit } = tasktorWith(executor, body)
      return { run: (argument) => submit(argument).result() }
    },
  }
}

export const tasktorThreads = entrant("thread")
export const tasktorProcesses = entrant("process")
