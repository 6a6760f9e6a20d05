// @vitest-environment happy-dom
import { render } from "@testing-library/react"
import { defineTask, events, type TaskHandle } from "tasktor"
import { useTaskEvents } from "tasktor/react"
import { describe, expect, it } from "vitest"
import { carve, holdReactToItsWord, setTheStage } from "../../support/react.tsx"

holdReactToItsWord()

describe("useTaskEvents", () => {
  it("calls the listener that was rendered last, with the events of that name", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const task = supervisor.run(carve("oak"))
    const heard: unknown[] = []
    function Chips({ to }: { readonly to: string }) {
      useTaskEvents(task, "chip", (chip) => void heard.push([to, chip]))
      return null
    }
    const { rerender } = render(<Chips to="a" />, { wrapper: Provider })
    await during()
    await during(() => bodies.of("carve").event("chip", 1).event("dust", 0))
    rerender(<Chips to="b" />)
    await during(() => bodies.of("carve").event("chip", 2))
    expect(heard).toEqual([
      ["a", 1],
      ["b", 2],
    ])
  })

  it("goes with the component, and with the task and the name that it is given", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const [oak, elm] = [supervisor.run(carve("oak")), supervisor.run(carve("elm"))]
    const heard: unknown[] = []
    function Words({ task, name }: { readonly task: string | undefined; readonly name: string }) {
      useTaskEvents(task, name, (data) => void heard.push(data))
      return null
    }
    const say = (what: string) =>
      during(() => {
        bodies.of(oak.id).event("chip", `oak chip ${what}`).event("dust", `oak dust ${what}`)
        bodies.of(elm.id).event("chip", `elm chip ${what}`)
      })
    const { rerender, unmount } = render(<Words task={undefined} name="chip" />, { wrapper: Provider })
    await during()
    await say("unheard")
    rerender(<Words task={oak.id} name="chip" />)
    await say("one")
    rerender(<Words task={oak.id} name="dust" />)
    await say("two")
    rerender(<Words task={elm.id} name="chip" />)
    await say("three")
    unmount()
    await say("unheard")
    expect(heard).toEqual(["oak chip one", "oak dust two", "elm chip three"])
  })

  it("answers a body that waits for it", async () => {
    const { supervisor, clock, Provider, during } = setTheStage({ executors: [] })
    const asks = defineTask({
      name: "asks",
      events: events<{ question: string }>(),
      run: async (ctx) => [
        await ctx.sendEventAndWait("question", "ready?"),
        await ctx.sendEventAndWait("question", "sure?"),
      ],
    })
    function Answers({ task }: { readonly task: TaskHandle<boolean[], { question: string }> }) {
      useTaskEvents(task, "question", async (question) => {
        await Promise.resolve()
        if (question === "sure?") throw new Error("no")
      })
      return null
    }
    const task = supervisor.run(asks(), { delay: "1 second" })
    render(<Answers task={task} />, { wrapper: Provider })
    await during(() => clock.advance("1 second"))
    expect(await task.result()).toEqual([true, false])
  })
})
