import type {
  CancelReceipt,
  DurationInput,
  Outcome,
  Pipeline,
  PipelineHandle,
  RunOptions,
  Supervisor,
  TaskCall,
  TaskHandle,
  TaskKey,
  TaskSettings,
  TaskSnapshot,
} from "tasktor"
import { chain, createSupervisor, defineTask, events, taskManager } from "tasktor"
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
    // @ts-expect-error a text that the definition gives no name to
    supervisor.run(crunch(5), { whenEvent: (_task: TaskHandle, _name: "word") => {} })
    // @ts-expect-error an unknown policy
    supervisor.run(crunch(5), { onConflict: "merge" })
    // @ts-expect-error a key is a text, a number or a list of them
    supervisor.run(crunch(5), { key: { id: 5 } })
  })
})

const scan = defineTask({
  name: "scan",
  events: events<{ found: string; left: number }>(),
  run: async (_ctx, depth: number) => ({ depth }),
})
const silent = defineTask({ name: "silent", run: (_ctx, text: string) => text })
type Scan = TaskHandle<{ depth: number }, { found: string; left: number }>

describe("the callbacks of a run", () => {
  it("know the output", () => {
    supervisor.run(scan(1), { whenDone: (task) => void expectTypeOf(task).toEqualTypeOf<Scan>() })
    supervisor.runThread(scan, [1], { whenDone: (task) => void expectTypeOf(task).toEqualTypeOf<Scan>() })
    supervisor.runProcess(scan, [1], { whenEvent: (task) => void expectTypeOf(task).toEqualTypeOf<Scan>() })
    supervisor.run(chain(scan(1)), {
      whenDone: (task) => void expectTypeOf(task.result()).resolves.toEqualTypeOf<{ depth: number }>(),
    })
    supervisor.addCoroutine(async () => 1, [], {
      whenDone: (task) => void expectTypeOf(task.result()).resolves.toEqualTypeOf<number>(),
    })
    // @ts-expect-error the output has no such member
    supervisor.run(scan(1), { whenDone: (task) => void task.result().then(({ width }) => width) })
    // @ts-expect-error the handle of another output
    supervisor.run(scan(1), { whenDone: (_task: TaskHandle<string>) => {} })
    // @ts-expect-error nor in a thread
    supervisor.runThread(scan, [1], { whenDone: (_task: TaskHandle<string>) => {} })
  })

  it("know which data goes with which name", () => {
    supervisor.run(scan(1), {
      whenEvent: (task, name, data) => {
        expectTypeOf(task).toEqualTypeOf<Scan>()
        expectTypeOf(name).toEqualTypeOf<"found" | "left">()
        if (name === "found") expectTypeOf(data).toEqualTypeOf<string>()
        else expectTypeOf(data).toEqualTypeOf<number>()
      },
    })
    // @ts-expect-error data that none of the names has
    supervisor.run(scan(1), { whenEvent: (_task: Scan, _name: string, _data: boolean) => {} })
    supervisor.run(chain(scan(1)), {
      whenEvent: (_task, name, data) => {
        expectTypeOf(name).toEqualTypeOf<string>()
        expectTypeOf(data).toBeUnknown()
      },
    })
  })

  it("may leave out what they do not need", () => {
    supervisor.run(scan(1), { whenEvent: () => {} })
    supervisor.run(scan(1), { whenEvent: (task) => void expectTypeOf(task).toEqualTypeOf<Scan>() })
    supervisor.run(scan(1), { whenEvent: (_task, name) => void expectTypeOf(name).toEqualTypeOf<"found" | "left">() })
    supervisor.run(silent("a"), { whenEvent: (task) => void expectTypeOf(task.id).toBeString() })
    supervisor.run(silent("a"), { whenEvent: (_task, name, data) => void expectTypeOf([name, data]).not.toBeAny() })
  })

  it("may be written for every task, and so may options", () => {
    const log = (_task: TaskHandle, _name: string, _data: unknown): void => {}
    const done = (_task: TaskHandle): void => {}
    const options: RunOptions = { key: "a", whenDone: done, whenEvent: log }
    for (const each of [options, { whenDone: done, whenEvent: log }]) {
      supervisor.run(scan(1), each)
      supervisor.run(silent("a"), each)
      supervisor.run(chain(scan(1)), each)
      supervisor.runThread(scan, [1], each)
      supervisor.addCoroutine(async () => 1, [], each)
    }
    expectTypeOf<Parameters<NonNullable<RunOptions["whenDone"]>>>().toEqualTypeOf<[task: TaskHandle]>()
  })

  it("may be a line that gives something", () => {
    const found: string[] = []
    const task = supervisor.run(scan(1))
    expectTypeOf(task.on("found", (name) => found.push(name))).toEqualTypeOf<() => void>()
    supervisor.run(scan(1)).on("left", async (left) => left + 1)
    supervisor.onEventOf("t1-7", "found", (name) => found.push(String(name)))
    supervisor.run(scan(1), { whenEvent: (_task, name) => found.push(name), whenDone: ({ id }) => found.push(id) })
    // @ts-expect-error data of another type
    supervisor.run(scan(1)).on("left", (left: string) => left)
  })
})

describe("one of several calls", () => {
  const either = {} as TaskCall<{ depth: number }, { found: string; left: number }> | TaskCall<string, {}>

  it("gives the handle of one of them", async () => {
    expectTypeOf(supervisor.run(either)).toEqualTypeOf<Scan | TaskHandle<string, {}>>()
    expectTypeOf(await supervisor.run(either, { key: "a" }).result()).toEqualTypeOf<{ depth: number } | string>()
    for (const call of [scan(1), silent("a"), crunch(5)])
      expectTypeOf(await supervisor.run(call).outcome()).toExtend<Outcome<unknown>>()
    const pipeline = {} as Pipeline<number> | TaskCall<string, {}>
    expectTypeOf(supervisor.run(pipeline)).toEqualTypeOf<PipelineHandle<number> | TaskHandle<string, {}>>()
    // @ts-expect-error one of them may be a definition
    supervisor.run({} as typeof either | typeof silent)
    // @ts-expect-error an unknown policy
    supervisor.run(either, { onConflict: "merge" })
  })

  it("is a child as well", () => {
    defineTask({
      name: "parent",
      run: async (ctx, deep: boolean) => {
        const child = ctx.run(deep ? scan(1) : silent("a"), { weight: 2 })
        expectTypeOf(await child.result()).toEqualTypeOf<{ depth: number } | string>()
        ctx.run(scan(1), { whenDone: (task) => void expectTypeOf(task).toEqualTypeOf<Scan>() })
        // @ts-expect-error the handle of another output
        ctx.run(scan(1), { whenDone: (_task: TaskHandle<string>) => {} })
      },
    })
  })
})

describe("what is undefined", () => {
  it("is not given", () => {
    const [key, ms, text] = [undefined as TaskKey | undefined, undefined as DurationInput | undefined, undefined]
    supervisor.run(crunch(5), {
      key,
      onConflict: undefined,
      publishId: text,
      whenDone: undefined,
      whenEvent: undefined,
    })
    supervisor.run(crunch(5), { delay: ms, timeout: { soft: ms, hard: ms }, retry: undefined, weight: undefined })
    const settings: TaskSettings = { retry: { maxAttempts: 2, delay: ms, when: undefined }, tags: undefined }
    expectTypeOf(crunch.with({ ...settings, executor: text, rateLimit: undefined })).toEqualTypeOf(crunch)
    // @ts-expect-error a policy needs to say how many
    supervisor.run(crunch(5), { retry: { maxAttempts: undefined } })
    // @ts-expect-error null is something
    supervisor.run(crunch(5), { key: null })
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
