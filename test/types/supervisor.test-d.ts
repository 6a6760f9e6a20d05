import type { CancelReceipt, Outcome, Supervisor, TaskHandle, TaskSnapshot } from "tasktor"
import { createSupervisor, defineTask, events, taskManager } from "tasktor"
import { describe, expectTypeOf, it } from "vitest"
import { waitFor } from "xstate"

declare const supervisor: Supervisor
const crunch = defineTask({
  name: "crunch",
  module: import.meta.url,
  events: events<{ line: string }>(),
  run: (_ctx, iterations: number) => iterations > 1,
})

describe("run", () => {
  it("gives a handle that knows the output and the events", async () => {
    const handle = supervisor.run(crunch(5))
    expectTypeOf(handle).toEqualTypeOf<TaskHandle<boolean, { line: string }>>()
    expectTypeOf(handle.result()).toEqualTypeOf<Promise<boolean>>()
    expectTypeOf(handle.outcome()).toEqualTypeOf<Promise<Outcome<boolean>>>()
    expectTypeOf(handle.cancel("reason")).toEqualTypeOf<Promise<CancelReceipt>>()
    handle.on("line", (line) => void expectTypeOf(line).toEqualTypeOf<string>())
    // @ts-expect-error an event that the definition does not name
    handle.on("word", () => {})
    // @ts-expect-error a definition is not a call
    supervisor.run(crunch)
  })

  it("types its callbacks by the events", () => {
    supervisor.run(crunch(5), {
      whenEvent: (task, name, data) => {
        expectTypeOf(name).toEqualTypeOf<"line">()
        expectTypeOf(data).toEqualTypeOf<string>()
        expectTypeOf(task.snapshot).toExtend<TaskSnapshot>()
      },
    })
    // @ts-expect-error an unknown policy
    supervisor.run(crunch(5), { onConflict: "merge" })
    // @ts-expect-error a key is a text, a number or a list of them
    supervisor.run(crunch(5), { key: { id: 5 } })
  })
})

describe("the verbs of the seeds", () => {
  it("type the arguments of a coroutine and its result", () => {
    const handle = supervisor.addCoroutine(
      async (ctx, url: string, times: number) => {
        ctx.setMessage(url)
        return times
      },
      ["http://example.test", 2],
    )
    expectTypeOf(handle).toExtend<TaskHandle<number>>()
    expectTypeOf(handle.result()).toEqualTypeOf<Promise<number>>()
    // @ts-expect-error an argument of the wrong type
    supervisor.addCoroutine(async (_ctx, _url: string) => {}, [5])
  })

  it("type those of threads and processes", () => {
    expectTypeOf(supervisor.runThread(crunch, [5])).toEqualTypeOf<TaskHandle<boolean, { line: string }>>()
    expectTypeOf(taskManager.runProcess(crunch, [5])).toEqualTypeOf<TaskHandle<boolean, { line: string }>>()
    // @ts-expect-error an argument of the wrong type
    supervisor.runThread(crunch, ["5"])
    // @ts-expect-error an argument is missing
    supervisor.runProcess(crunch, [])
  })
})

describe("what is looked up", () => {
  it("has an unknown output", () => {
    expectTypeOf(supervisor.get("id")).toEqualTypeOf<TaskHandle>()
    expectTypeOf(supervisor.find(["k", 1])).toEqualTypeOf<TaskHandle | undefined>()
    expectTypeOf(supervisor.get("id").result()).toEqualTypeOf<Promise<unknown>>()
    // @ts-expect-error a task may not be there
    void supervisor.find("k").id
  })

  it("works with XState's own tools", async () => {
    const { actor } = supervisor.run(crunch(5))
    const { context, output } = await waitFor(actor, (snapshot) => snapshot.context.progress > 0.5)
    expectTypeOf(context).toEqualTypeOf<TaskSnapshot<boolean>>()
    expectTypeOf(output).toEqualTypeOf<Outcome<boolean> | undefined>()
  })
})

describe("createSupervisor", () => {
  it("takes limits by name, and gives what can be disposed of", () => {
    const made = createSupervisor({
      concurrency: { thread: 2, gpu: 1 },
      queues: { slow: { concurrency: 1, rateLimit: { limit: 5, per: "1 minute" } } },
      defaults: { grace: "1 second" },
    })
    expectTypeOf(made).toEqualTypeOf<Supervisor>()
    expectTypeOf(made).toExtend<AsyncDisposable>()
    // @ts-expect-error slots are numbers
    createSupervisor({ concurrency: { thread: "all" } })
    // @ts-expect-error a misspelt option
    createSupervisor({ concurency: { thread: 2 } })
  })
})
