import { useSelector } from "@xstate/react"
import type { CancelReceipt, Outcome, Supervisor, TaskHandle, TaskSnapshot } from "tasktor"
import { createSupervisor, defineTask, events, map } from "tasktor"
import {
  ProgressBar,
  SupervisorProvider,
  TaskList,
  useProgress,
  useRun,
  useSupervisor,
  useTask,
  useTaskEvents,
  useTaskResult,
  useTasks,
} from "tasktor/react"
import type { MouseEventHandler } from "react"
import { describe, expectTypeOf, it } from "vitest"

const resize = defineTask({
  name: "resize",
  events: events<{ tile: { row: number }; done: string }>(),
  run: async (_ctx, file: string, width: number) => ({ file, width }),
})
const greet = defineTask({ name: "greet", run: (_ctx, name: string = "world") => `hello ${name}` })
declare const handle: TaskHandle<{ file: string; width: number }, { tile: { row: number }; done: string }>

describe("useRun", () => {
  it("takes arguments and gives outputs as the definition says", () => {
    const { run, cancel, pending, progress, outcome, task, handle: latest } = useRun(resize)
    expectTypeOf(run).parameters.toEqualTypeOf<[file: string, width: number]>()
    expectTypeOf(run("a.png", 3).result()).resolves.toEqualTypeOf<{ file: string; width: number }>()
    expectTypeOf(outcome).toEqualTypeOf<Outcome<{ file: string; width: number }> | undefined>()
    expectTypeOf(task).toEqualTypeOf<TaskSnapshot<{ file: string; width: number }> | undefined>()
    expectTypeOf(latest?.snapshot.outcome).toEqualTypeOf<Outcome<{ file: string; width: number }> | undefined>()
    expectTypeOf(cancel()).resolves.toEqualTypeOf<CancelReceipt>()
    expectTypeOf(pending).toEqualTypeOf<boolean>()
    expectTypeOf(progress).toEqualTypeOf<number>()
    // @ts-expect-error one argument too few
    run("a.png")
    // @ts-expect-error an argument of the wrong type
    run("a.png", "wide")
    // @ts-expect-error an event is no reason
    expectTypeOf(cancel).toExtend<MouseEventHandler>()
  })

  it("leaves out arguments that have defaults, and types the events of whenEvent", () => {
    useRun(greet).run()
    useRun(resize, {
      key: ["resize", 1],
      onUnmount: "cancel",
      whenEvent: (_task, name) => void expectTypeOf(name).toEqualTypeOf<"tile" | "done">(),
    })
    useRun(resize, {
      onUnmount: undefined,
      whenDone: (task) => void expectTypeOf(task).toEqualTypeOf<typeof handle>(),
      whenEvent: (task, name, data) => {
        expectTypeOf(task).toEqualTypeOf<typeof handle>()
        if (name === "done") expectTypeOf(data).toEqualTypeOf<string>()
        else expectTypeOf(data).toEqualTypeOf<{ row: number }>()
      },
    })
    // @ts-expect-error the handle of another output
    useRun(resize, { whenDone: (_task: TaskHandle<string>) => {} })
    // @ts-expect-error a word that means nothing
    useRun(resize, { onUnmount: "stop" })
  })

  it("runs a pipeline made of its arguments", () => {
    const { run, outcome } = useRun((names: string[]) => map(greet, names))
    run(["a", "b"])
    expectTypeOf(outcome).toEqualTypeOf<Outcome<string[]> | undefined>()
  })
})

describe("the hooks that read", () => {
  it("know the output of a handle, and not that of an id", () => {
    expectTypeOf(useTask(handle)).toEqualTypeOf<TaskSnapshot<{ file: string; width: number }> | undefined>()
    expectTypeOf(useTask("t1-7")).toEqualTypeOf<TaskSnapshot | undefined>()
    expectTypeOf(useTask(undefined)).toEqualTypeOf<TaskSnapshot | undefined>()
    expectTypeOf(useTask(handle, (task) => task?.progress)).toEqualTypeOf<number | undefined>()
    expectTypeOf(useTaskResult(handle)).toEqualTypeOf<{ file: string; width: number }>()
    expectTypeOf(useTaskResult("t1-7")).toBeUnknown()
    // @ts-expect-error there is nothing to wait for
    useTaskResult(undefined)
    // @ts-expect-error a number is no id
    useTask(7)
  })

  it("give what the selector makes", () => {
    expectTypeOf(useTasks()).toEqualTypeOf<readonly TaskSnapshot[]>()
    expectTypeOf(useTasks((tasks) => tasks.map(({ id }) => id))).toEqualTypeOf<string[]>()
    expectTypeOf(useTasks((tasks) => tasks.length, Object.is)).toEqualTypeOf<number>()
    expectTypeOf(useProgress()).toEqualTypeOf<number>()
    expectTypeOf(useProgress(handle)).toEqualTypeOf<number>()
  })

  it("type the events by the handle", () => {
    useTaskEvents(handle, "tile", (data) => void expectTypeOf(data).toEqualTypeOf<{ row: number }>())
    useTaskEvents(handle, "done", async (data) => void expectTypeOf(data).toBeString())
    useTaskEvents("t1-7", "anything", (data) => void expectTypeOf(data).toBeUnknown())
    const rows: number[] = []
    useTaskEvents(handle, "tile", ({ row }) => rows.push(row))
    // @ts-expect-error the task has no such event
    useTaskEvents(handle, "tyle", () => {})
  })

  it("let useSelector of @xstate/react read a task's actor", () => {
    expectTypeOf(useSelector(handle.actor, ({ context }) => context.progress)).toEqualTypeOf<number>()
  })
})

describe("the provider and the components", () => {
  it("take a supervisor, and give what every supervisor can wherever it is", () => {
    const supervisor: Supervisor = createSupervisor()
    const app = (
      <SupervisorProvider supervisor={supervisor}>
        <TaskList label="Imports" className="tasks" />
        <ProgressBar task={handle} aria-label="Import" />
      </SupervisorProvider>
    )
    expectTypeOf(app).not.toBeAny()
    expectTypeOf(useSupervisor().run(greet("you")).result()).resolves.toBeString()
    // @ts-expect-error a component does not end what others use
    void useSupervisor().shutdown()
    // @ts-expect-error no supervisor
    const none = <SupervisorProvider />
    expectTypeOf(none).not.toBeAny()
  })
})
