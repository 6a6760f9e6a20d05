// @vitest-environment happy-dom
import { useSelector } from "@xstate/react"
import { render } from "@testing-library/react"
import { StrictMode } from "react"
import type { TaskSnapshot } from "tasktor"
import { SupervisorProvider, useProgress, useSupervisor, useTask, useTasks } from "tasktor/react"
import { describe, expect, it, vi } from "vitest"
import { carve, holdReactToItsWord, setTheStage, teller } from "../../support/react.tsx"

const complaint = holdReactToItsWord()

describe("useTask", () => {
  it("shows the task as it is, and as it becomes, to its end", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const task = supervisor.run(carve("oak"))
    const { container } = render(<Text id={task.id} />, { wrapper: Provider })
    expect(container.textContent).toBe("carve pending 0")
    await during()
    expect(container.textContent).toBe("carve running 0")
    await during(() => bodies.of("carve").report(0.5))
    expect(container.textContent).toBe("carve running 0.5")
    await during(() => bodies.of("carve").complete("spoon"))
    expect(container.textContent).toBe("carve completed 1")
  })

  it("knows a handle by its id, and nothing of what is not there", async () => {
    const { supervisor, Provider, during } = setTheStage()
    const task = supervisor.run(carve("oak"))
    const { told, tell } = teller<readonly (string | undefined)[]>()
    function All() {
      return tell([useTask(task)?.name, useTask("nobody")?.name, useTask(undefined)?.name])
    }
    render(<All />, { wrapper: Provider })
    await during()
    expect(told.at(-1)).toEqual(["carve", undefined, undefined])
  })

  it("follows another id, and lets the old one go", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const [oak, elm] = [supervisor.run(carve("oak")), supervisor.run(carve("elm"))]
    await during()
    const { container, rerender } = render(<Text id={oak.id} />, { wrapper: Provider })
    rerender(<Text id={elm.id} />)
    await during(() => bodies.of(elm.id).report(0.25))
    expect(container.textContent).toBe("carve running 0.25")
    rerender(<Text id="nobody" />)
    expect(container.textContent).toBe("gone")
  })

  it("goes on with the same task under another supervisor: it does not know it", async () => {
    const [here, there] = [setTheStage(), setTheStage()]
    const { id } = here.supervisor.run(carve("oak"))
    const app = (supervisor: typeof here.supervisor) => (
      <SupervisorProvider supervisor={supervisor}>
        <Text id={id} />
      </SupervisorProvider>
    )
    const { container, rerender } = render(app(here.supervisor))
    await here.during()
    expect(container.textContent).toBe("carve running 0")
    rerender(app(there.supervisor))
    expect(container.textContent).toBe("gone")
    rerender(app(here.supervisor))
    await here.during(() => here.bodies.of(id).report(0.5))
    expect(container.textContent).toBe("carve running 0.5")
  })

  it("goes on showing a task that the supervisor's history has forgotten", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage({ history: 0 })
    const { id } = supervisor.run(carve("oak"))
    const { container, rerender, unmount } = render(<Text id={id} />, { wrapper: Provider })
    await during()
    await during(() => bodies.of(id).complete("spoon"))
    rerender(<Text id={id} />)
    expect(container.textContent).toBe("carve completed 1")
    expect(supervisor.snapshotOf(id)?.status).toBe("completed")
    unmount()
    expect(supervisor.snapshotOf(id)).toBeUndefined()
  })

  it("renders again when what is selected has changed, and only then", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const { id } = supervisor.run(carve("oak"))
    const { told, tell } = teller<string>()
    function Half() {
      return tell(useTask(id, (task) => ((task?.progress ?? 0) < 0.5 ? "begun" : "half")))
    }
    render(<Half />, { wrapper: Provider })
    await during()
    for (const progress of [0.1, 0.2, 0.6, 0.7]) await during(() => bodies.of(id).report(progress))
    expect(told).toEqual(["begun", "half"])
  })

  it("shows the same in two roots, and in the one that is left", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const { id } = supervisor.run(carve("oak"))
    const [one, other] = [
      render(<Text id={id} />, { wrapper: Provider }),
      render(<Text id={id} />, { wrapper: Provider }),
    ]
    await during()
    one.unmount()
    await during(() => bodies.of(id).report(0.5))
    expect(other.container.textContent).toBe("carve running 0.5")
  })

  it("subscribes as often as it unsubscribes, in StrictMode too", async () => {
    const { supervisor, during } = setTheStage()
    const { id } = supervisor.run(carve("oak"))
    const unsubscribe = vi.fn<() => void>()
    const subscribeTo = vi.spyOn(supervisor, "subscribeTo").mockReturnValue(unsubscribe)
    const { unmount } = render(
      <StrictMode>
        <SupervisorProvider supervisor={supervisor}>
          <Text id={id} />
        </SupervisorProvider>
      </StrictMode>,
    )
    await during()
    expect(subscribeTo.mock.calls.length).toBeGreaterThan(1)
    expect(subscribeTo.mock.calls.length - unsubscribe.mock.calls.length).toBe(1)
    unmount()
    expect(unsubscribe).toHaveBeenCalledTimes(subscribeTo.mock.calls.length)
  })

  it("is at one with useSelector on the task's actor", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const task = supervisor.run(carve("oak"))
    const { told, tell } = teller<readonly unknown[]>()
    function Both() {
      const actor = useSelector(task.actor, ({ value }) => value)
      const progress = useSelector(task.actor, ({ context }) => context.progress)
      return tell([actor, progress, useTask(task)?.progress])
    }
    render(<Both />, { wrapper: Provider })
    await during()
    expect(told.at(-1)).toEqual([{ running: "executing" }, 0, 0])
    await during(() => bodies.of("carve").report(0.5))
    expect(told.at(-1)).toEqual([{ running: "executing" }, 0.5, 0.5])
    await during(() => bodies.of("carve").fail(new Error("it split")))
    expect(told.at(-1)).toEqual(["failed", 0.5, 0.5])
  })
})

describe("useTasks", () => {
  it("gives the living ones, and renders once for all that happens in a tick", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const { told, tell } = teller<readonly TaskSnapshot[]>()
    function All() {
      return tell(useTasks())
    }
    render(<All />, { wrapper: Provider })
    expect(told).toEqual([[]])
    for (let n = 0; n < 50; n++) supervisor.run(carve("oak"))
    supervisor.run(carve("ebony"), { visible: false })
    await during()
    expect(told.at(-1)).toHaveLength(50)
    const before = told.length
    await during(() => {
      for (const body of bodies.running) body.report(0.5)
    })
    expect(told).toHaveLength(before + 1)
    expect(told.at(-1)?.every(({ progress }) => progress === 0.5)).toBe(true)
  })

  it("renders again when the members of the selected list have changed, and only then", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const { told, tell } = teller<readonly string[]>()
    function Names() {
      return tell(useTasks((tasks) => tasks.map(({ id }) => id).toReversed()))
    }
    render(<Names />, { wrapper: Provider })
    const [oak, elm] = [supervisor.run(carve("oak")).id, supervisor.run(carve("elm")).id]
    await during()
    await during(() => bodies.of(oak).report(0.5))
    await during(() => bodies.of(elm).report(0.7))
    await during(() => bodies.of(oak).complete("spoon"))
    expect(told).toEqual([[], [elm, oak], [elm]])
  })

  it("takes a selector that sees what is rendered, and an equality of one's own", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const { told, tell } = teller<number>()
    function Slow({ above }: { readonly above: number }) {
      const count = useTasks(
        (tasks) => tasks.filter(({ progress }) => progress >= above).length,
        (before, after) => Math.abs(before - after) < 2,
      )
      return tell(count)
    }
    const { rerender } = render(<Slow above={0.5} />, { wrapper: Provider })
    for (let n = 0; n < 3; n++) supervisor.run(carve("oak"))
    await during()
    await during(() => bodies.running[0]?.report(0.6))
    expect(told.at(-1)).toBe(0)
    await during(() => bodies.running[1]?.report(0.6))
    expect(told.at(-1)).toBe(2)
    rerender(<Slow above={0} />)
    expect(told.at(-1)).toBe(2)
    rerender(<Slow above={0.9} />)
    expect(told.at(-1)).toBe(0)
  })
})

describe("useProgress", () => {
  it("is that of all, or of one", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const { told, tell } = teller<readonly number[]>()
    const [oak, elm] = [supervisor.run(carve("oak")), supervisor.run(carve("elm"))]
    function Progress() {
      return tell([useProgress(), useProgress(oak), useProgress(elm.id), useProgress("nobody"), useProgress(undefined)])
    }
    render(<Progress />, { wrapper: Provider })
    await during()
    await during(() => bodies.of(oak.id).report(0.5))
    expect(told.at(-1)).toEqual([0.25, 0.5, 0, 0, 0])
    await during(() => [bodies.of(oak.id).complete("a"), bodies.of(elm.id).complete("b")])
    expect(told.at(-1)).toEqual([1, 1, 1, 0, 0])
  })
})

describe("without a provider", () => {
  it.each([
    ["useTask", () => useTask("t")],
    ["useTasks", () => useTasks()],
    ["useSupervisor", () => useSupervisor()],
  ])("%s says what is missing", (_name, useIt) => {
    function Lost() {
      useIt()
      return null
    }
    expect(() => render(<Lost />)).toThrow(
      "Cannot use tasks here: there is no supervisor above this component; put <SupervisorProvider supervisor={supervisor}> around it",
    )
    complaint.mockClear()
  })
})

function Text({ id }: { readonly id: string }) {
  const task = useTask(id)
  return task === undefined ? "gone" : `${task.name} ${task.status} ${task.progress}`
}
