import { defineTask, type TaskFailure, type TaskHandle } from "tasktor"
import { describe, expect, it } from "vitest"
import { add } from "../fixtures/bodies.ts"
import {
  exits,
  killsItself,
  QuotaError,
  returnsFunction,
  takesAnything,
  throwsLater,
  throwsTyped,
} from "../fixtures/failing.ts"
import { executors, setupFor, setupReal, workers } from "../support/setup.ts"

type Supervisor = ReturnType<typeof setupReal>["supervisor"]

const lost = defineTask({
  name: "lost",
  module: new URL("../fixtures/empty.ts", import.meta.url),
  run: () => "never",
})
const unloadable = defineTask({
  name: "unloadable",
  module: new URL("../fixtures/throws-on-load.ts", import.meta.url),
  run: () => "never",
})
const nowhere = defineTask({
  name: "nowhere",
  module: new URL("../fixtures/there-is-no-such-file.ts", import.meta.url),
  run: () => "never",
})

async function failureOf(task: TaskHandle): Promise<TaskFailure | undefined> {
  const outcome = await task.outcome()
  return outcome.status === "failed" ? outcome.failure : undefined
}

describe.each(executors)("11. an error with properties and a cause: %s", (executor) => {
  it("is the body's own, with its class, message, stack, properties and cause", async () => {
    const { supervisor, wait } = setupFor(executor)
    const failure = await wait(failureOf(supervisor.run(throwsTyped(), { executor })))
    expect(failure).toMatchObject({
      type: "error",
      error: {
        name: "QuotaError",
        message: "no room left",
        limit: 5,
        used: { by: ["a", "b"] },
        cause: { name: "RangeError", message: "disk is full" },
      },
    })
    const error = failure?.type === "error" ? failure.error : undefined
    expect(error).toBeInstanceOf(Error)
    expect(error?.cause).toBeInstanceOf(RangeError)
    expect(error?.stack).toContain("failing.ts")
    expect(await wait(supervisor.run(add(1, 1), { executor }).result())).toBe(2)
  })

  it("is the cause of what result() rejects with", async () => {
    const { supervisor, wait } = setupFor(executor)
    const thrown = await wait(
      supervisor
        .run(throwsTyped(), { executor })
        .result()
        .catch((error: unknown) => error),
    )
    expect(thrown).toMatchObject({ name: "TaskFailedError", cause: { name: "QuotaError", limit: 5 } })
  })
})

it("11. an error's class is restored in a coroutine as it is", async () => {
  const { supervisor, wait } = setupFor("coroutine")
  const failure = await wait(failureOf(supervisor.run(throwsTyped())))
  expect(failure?.type === "error" && failure.error).toBeInstanceOf(QuotaError)
})

describe.each(workers)("11. a %s", (executor) => {
  const run = (supervisor: Supervisor, name: keyof typeof bodies): TaskHandle => bodies[name](supervisor)
  const bodies = {
    "returns a function": (s: Supervisor) => s.run(returnsFunction(), { executor }),
    "receives a function": (s: Supervisor) => s.run(takesAnything({ on: [{ done: () => 1 }] }), { executor }),
    "ends its worker": (s: Supervisor) => s.run(exits(9), { executor }),
    "throws outside of the body": (s: Supervisor) => s.run(throwsLater(), { executor }),
    "does not load": (s: Supervisor) => s.run(unloadable(), { executor }),
    "does not exist": (s: Supervisor) => s.run(nowhere(), { executor }),
    "lacks the definition": (s: Supervisor) => s.run(lost(), { executor }),
  } as const

  it.each([
    [
      "returns a function",
      { type: "serialization", side: "output", path: expect.stringMatching(/list\[1\]\.callback$/) },
    ],
    [
      "receives a function",
      { type: "serialization", side: "input", path: expect.stringMatching(/\[0\]\.on\[0\]\.done$/) },
    ],
    ["ends its worker", { type: "crash", exitCode: 9 }],
    ["throws outside of the body", { type: expect.stringMatching(/^(error|crash)$/) }],
    ["does not load", { type: "setup", error: { message: expect.stringContaining("this module does not load") } }],
    ["does not exist", { type: "setup", error: { message: expect.stringContaining("there-is-no-such-file") } }],
    ["lacks the definition", { type: "setup", error: { message: expect.stringContaining("lost") } }],
  ] as const)("whose body or module %s fails in its own way, and the pool goes on", async (name, expected) => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 1 } })
    const failure = await failureOf(run(supervisor, name))
    expect(failure).toMatchObject(expected)
    expect(await supervisor.run(add(1, 1), { executor }).result()).toBe(2)
    expect(await supervisor.settled()).toBe(true)
  })
})

it("11. a process that is killed fails as a crash with its signal, and the pool goes on", async () => {
  const { supervisor } = setupReal({ concurrency: { process: 1 } })
  const failure = await failureOf(supervisor.run(killsItself(), { executor: "process" }))
  expect(failure).toEqual({ type: "crash", signal: "SIGKILL" })
  expect(await supervisor.run(add(1, 1), { executor: "process" }).result()).toBe(2)
})
