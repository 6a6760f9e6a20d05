/** How the contract reads in a user's hands. It must compile; nobody runs it. */
/* oxlint-disable no-console, typescript/no-unnecessary-type-assertion -- this is a user's program, word for word */
import {
  chain,
  chord,
  chunks,
  createSupervisor,
  cron,
  defineTask,
  events,
  every,
  fromTask,
  group,
  map,
  taskManager,
} from "tasktor"
import { assign, createActor, setup } from "xstate"

// a task for each executor: the same context in all three
export const download = defineTask({
  name: "download",
  run: async (ctx, url: string) => {
    ctx.setMessage(`Downloading ${url}`)
    const response = await fetch(url, { signal: ctx.signal })
    ctx.setProgress(1)
    return new Uint8Array(await response.arrayBuffer())
  },
})

export const crunch = defineTask({
  name: "crunch",
  module: import.meta.url,
  executor: "process",
  run: (ctx, iterations: number) => {
    ctx.setTotal(iterations)
    for (let i = 0; i < iterations; i++) {
      if (ctx.isCancelled()) return "stopped early"
      ctx.setProgress(i + 1)
    }
    return "final result"
  },
})

export const trace = defineTask({
  name: "trace",
  module: import.meta.url,
  executor: "thread",
  events: events<{ contour: { points: number[] }; warning: string }>(),
  retry: { maxAttempts: 3, delay: "1 second", backoff: "exponential", jitter: "full" },
  timeout: { soft: "10 seconds", hard: "15 seconds" },
  run: async (ctx, image: Uint8Array, threshold: number = 0.5) => {
    const scan = ctx.subContext({ range: 0.8, total: image.length, label: "scan" })
    for (let i = 0; i < image.length; i++) scan.setProgress(i)
    ctx.sendEvent("contour", { points: [threshold] })
    // @ts-expect-error an event that the definition does not name
    ctx.sendEvent("outline", {})
    return { contours: 1 }
  },
})

export const measure = defineTask({ name: "measure", run: (_ctx, drawing: { contours: number }) => drawing.contours })
export const sum = defineTask({ name: "sum", run: (_ctx, counts: number[]) => counts.reduce((a, b) => a + b, 0) })

// the task manager of the seeds
taskManager.addCoroutine(
  async (ctx, url: string) => {
    ctx.setMessage(url)
  },
  ["http://example.test"],
  { key: "downloader" },
)
const calculation = taskManager.runProcess(crunch, [50], {
  key: "calculator",
  whenDone: (task) => console.log(task.snapshot.status),
})
taskManager.runThread(crunch, [50])
taskManager.tasksUpdated.connect((tasks, progress) => console.log(progress, tasks.at(-1)?.message ?? "Idle"))
const receipt = await taskManager.cancelTask("calculator")
const text: string = await calculation.result()

// a supervisor of one's own
await using supervisor = createSupervisor({ concurrency: { thread: 2, process: 1 } })
const traced = supervisor.run(trace(new Uint8Array(10)), { key: ["trace", 7], onConflict: "join" })
traced.on("contour", ({ points }) => console.log(points.length))
// @ts-expect-error an argument of the wrong type
supervisor.run(trace("not bytes"))
const outcome = await traced.outcome()
if (outcome.status === "completed") console.log(outcome.output.contours)

// a task inside one's own machine
const machine = setup({
  types: { context: {} as { text?: string } },
  actors: { crunch: fromTask(supervisor, crunch) },
}).createMachine({
  context: {},
  initial: "crunching",
  states: {
    crunching: { invoke: { src: "crunch", input: [50] as const, onDone: "done" } },
    done: { entry: assign({ text: "ok" }), type: "final" },
  },
})
createActor(machine).start()

// composition: typed from end to end, each a parent machine
const pipeline = chain(download("http://example.test/a.png"), trace, measure)
const contours: number = await supervisor.run(pipeline).result()
// @ts-expect-error `sum` does not take what `trace` returns
chain(download("http://example.test/a.png"), trace, sum)
const total: number = await supervisor.run(chord([measure({ contours: 1 }), measure({ contours: 2 })], sum)).result()
const all: number[] = await supervisor.run(group([measure({ contours: 1 })], { concurrency: 2 })).result()
const mapped: number[] = await supervisor.run(map(measure, [{ contours: 1 }, { contours: 2 }])).result()
const chunked: number[][] = await supervisor.run(chunks(measure, [{ contours: 1 }], 10)).result()

// schedules
supervisor.schedules.add("nightly", cron("0 2 * * *", { timeZone: "Europe/Paris" }), crunch(1000), {
  catchUp: "once",
  overlap: "skip",
})
supervisor.schedules.add("pulse", every("10 seconds"), measure({ contours: 1 }))

export { all, chunked, contours, mapped, outcome, pipeline, receipt, text, total }
