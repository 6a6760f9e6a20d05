// @vitest-environment happy-dom
import { render } from "@testing-library/react"
import { Component, type ReactNode, Suspense } from "react"
import { TaskCancelledError, TaskFailedError, TaskNotFoundError } from "tasktor"
import { type TaskRef, useTaskResult } from "tasktor/react"
import { describe, expect, it } from "vitest"
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
