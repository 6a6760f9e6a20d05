import type { TaskFact } from "tasktor"
import { expect, it } from "vitest"
import { everyKind } from "../fixtures/bodies.ts"
import { executors, setupFor, type ExecutorName } from "../support/setup.ts"

/** What onlookers are told, task ids and instants aside; reports that follow each other count as the last of them. */
async function recordOf(executor: ExecutorName) {
  const { supervisor, wait } = setupFor(executor)
  const facts: TaskFact[] = []
  supervisor.onFact((fact) => facts.push(fact))
  const heard: [string, unknown][] = []
  const task = supervisor.run(everyKind(), { executor, whenEvent: (_task, name, data) => heard.push([name, data]) })
  const outcome = await wait(task.outcome())
  const kinds = facts
    .filter((fact, i) => fact.type !== "report" || facts[i + 1]?.type !== "report")
    .map((fact) => {
      switch (fact.type) {
        case "submitted":
          return { type: fact.type, visible: fact.visible, tags: fact.tags }
        case "state":
          return { type: fact.type, status: fact.status, phase: fact.phase, attempt: fact.attempt }
        case "report":
          return { type: fact.type, progress: fact.progress, message: fact.message }
        case "event":
          return { type: fact.type, event: fact.event, data: fact.data }
        case "log":
          return { type: fact.type, level: fact.level, data: fact.data }
        case "outcome":
          return { type: fact.type, outcome: fact.outcome }
      }
    })
  return { kinds, heard, outcome }
}

it.each(executors)("2. a body's record and outcome are the same everywhere: %s", async (executor) => {
  const { kinds, heard, outcome } = await recordOf(executor)
  const output = { acknowledged: true, big: 2n ** 64n, nothing: undefined, list: new Set([1]), when: new Date(9) }
  const events: readonly (readonly [string, unknown])[] = [
    ["a", { n: 1 }],
    ["b", new Map([["then", new Date(7)]])],
    ["c", new Uint8Array([1, 2, 3])],
  ]
  expect(outcome).toStrictEqual({ status: "completed", output })
  expect(heard).toStrictEqual(events)
  expect(kinds).toStrictEqual([
    { type: "submitted", visible: true, tags: [] },
    { type: "state", status: "running", phase: "executing", attempt: 1 },
    { type: "log", level: "info", data: ["begins", { attempt: 1 }] },
    { type: "report", progress: 0.25, message: "one of four" },
    { type: "event", event: "a", data: events[0]![1] },
    { type: "event", event: "b", data: events[1]![1] },
    { type: "report", progress: 0.75, message: "half: way" },
    { type: "event", event: "c", data: events[2]![1] },
    { type: "log", level: "error", data: ["ends"] },
    { type: "outcome", outcome: { status: "completed", output } },
  ])
})
