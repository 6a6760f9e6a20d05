// @vitest-environment happy-dom
import { render } from "@testing-library/react"
import { Component, type ReactNode, startTransition, StrictMode, Suspense, useState } from "react"
import { createRoot } from "react-dom/client"
import { TaskCancelledError, TaskFailedError, TaskNotFoundError } from "tasktor"
import { type TaskRef, useTaskResult } from "tasktor/react"
import { describe, expect, it, onTestFinished } from "vitest"
import { carve, holdReactToItsWord, setTheStage } from "../../support/react.tsx"

const complaint = holdReactToItsWord()

describe("useTaskResult", () => {
  it("suspends until the task has completed, and gives its output", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const task = supervisor.run(carve("oak"))
    const { container } = await during(() => render(<Result task={task} />, { wrapper: Provider }))
    expect(container.textContent).toBe("carving")
    await during(() => bodies.of("carve").report(0.5))
    expect(container.textContent).toBe("carving")
    await during(() => bodies.of("carve").complete("spoon"))
    expect(container.textContent).toBe("a spoon")
  })

  it("does not suspend for what has completed already, whatever the history forgets meanwhile", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage({ history: 1 })
    const { id } = supervisor.run(carve("oak"))
    await during()
    await during(() => bodies.of(id).complete("spoon"))
    const seen: string[] = []
    const { container, rerender } = render(<Result task={id} whenWaiting={() => seen.push("waits")} />, {
      wrapper: Provider,
    })
    for (let n = 0; n < 4; n++) {
      const other = supervisor.run(carve("scrap"))
      await during()
      await during(() => bodies.of(other.id).complete("scrap"))
    }
    rerender(<Result task={id} whenWaiting={() => seen.push("waits")} />)
    expect(container.textContent).toBe("a spoon")
    expect(seen).toEqual([])
  })

  it("has the output of a task that is forgotten as soon as it has settled", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage({ history: 0 })
    const { id } = supervisor.run(carve("oak"))
    const { container } = await during(() => render(<Result task={id} />, { wrapper: Provider }))
    await during(() => bodies.of("carve").complete("spoon"))
    expect(container.textContent).toBe("a spoon")
  })

  it("throws to the error boundary what the task failed of", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const { id } = supervisor.run(carve("oak"))
    const caught = await catching(async (boundary) => {
      await during(() => render(boundary(<Result task={id} />), { wrapper: Provider }))
      await during(() => bodies.of(id).fail(new Error("it split")))
    })
    expect(caught).toBeInstanceOf(TaskFailedError)
    expect(caught).toMatchObject({ failure: { type: "error" }, cause: { message: "it split" } })
  })

  it("throws to the error boundary why it was cancelled", async () => {
    const { supervisor, Provider, during } = setTheStage()
    const task = supervisor.run(carve("oak"))
    const caught = await catching(async (boundary) => {
      await during(() => render(boundary(<Result task={task} />), { wrapper: Provider }))
      await during(() => task.cancel("no oak"))
    })
    expect(caught).toBeInstanceOf(TaskCancelledError)
    expect(caught).toMatchObject({ reason: { type: "requested", message: "no oak" } })
  })

  it("throws to the error boundary, and does not wait for ever, for a task that nobody knows", async () => {
    const { Provider, during } = setTheStage()
    const caught = await catching(async (boundary) => {
      await during(() => render(boundary(<Result task="nobody" />), { wrapper: Provider }))
    })
    expect(caught).toBeInstanceOf(TaskNotFoundError)
  })
})

describe("useTaskResult outside of a test's act", () => {
  it.each([
    ["strictly, at once", true, 0],
    ["strictly, in a transition", true, 1],
    ["as in production, at once", false, 0],
    ["as in production, in a transition", false, 1],
  ])("gives React nothing to complain of: %s", async (_title, isStrict, inTransition) => {
    const { supervisor, bodies, clock, Provider } = setTheStage()
    outsideOfAct()
    let show: (task: TaskRef<string> | undefined) => void = () => {}
    function App(): ReactNode {
      const [task, setTask] = useState<TaskRef<string>>()
      show = setTask
      return task === undefined ? "nothing" : <Result task={task} />
    }
    const container = document.createElement("div")
    const root = createRoot(container)
    onTestFinished(() => root.unmount())
    const app = (
      <Provider>
        <App />
      </Provider>
    )
    root.render(isStrict ? <StrictMode>{app}</StrictMode> : app)
    await shown(() => container.textContent === "nothing")
    for (const wood of ["oak", "elm"]) {
      const { id } = supervisor.run(carve(wood))
      await clock.settle()
      if (inTransition === 1) startTransition(() => show(id))
      else show(id)
      await shown(() => container.textContent !== "nothing")
      bodies.of(id).complete(wood)
      await clock.settle()
      await shown(() => container.textContent === `a ${wood}`)
    }
    expect(complaint.mock.calls).toEqual([])
  })
})

async function shown(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve))
}

/** React renders when it likes, as in a page. */
function outsideOfAct(): void {
  const world = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean | undefined }
  const before = world.IS_REACT_ACT_ENVIRONMENT
  world.IS_REACT_ACT_ENVIRONMENT = false
  onTestFinished(() => void (world.IS_REACT_ACT_ENVIRONMENT = before))
}

function Result({
  task,
  whenWaiting,
}: {
  readonly task: TaskRef<string>
  readonly whenWaiting?: () => void
}): ReactNode {
  return (
    <Suspense fallback={<Waiting whenWaiting={whenWaiting} />}>
      <Output task={task} />
    </Suspense>
  )
}

function Output({ task }: { readonly task: TaskRef<string> }): ReactNode {
  return `a ${useTaskResult(task)}`
}

function Waiting({ whenWaiting }: { readonly whenWaiting?: (() => void) | undefined }): ReactNode {
  whenWaiting?.()
  return "carving"
}

/** What came to the error boundary. React tells the console of it as well, and that is right. */
async function catching(act: (boundary: (children: ReactNode) => ReactNode) => Promise<void>): Promise<unknown> {
  const caught: unknown[] = []
  await act((children) => <Boundary whenCaught={(error) => caught.push(error)}>{children}</Boundary>)
  complaint.mockClear()
  expect(caught).toHaveLength(1)
  return caught[0]
}

class Boundary extends Component<{ readonly children: ReactNode; readonly whenCaught: (error: unknown) => void }> {
  override readonly state: { readonly hasFailed: boolean } = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override componentDidCatch(error: unknown) {
    this.props.whenCaught(error)
  }

  override render() {
    return this.state.hasFailed ? "broken" : this.props.children
  }
}
