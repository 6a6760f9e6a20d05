// @vitest-environment happy-dom
import { act } from "@testing-library/react"
import { Suspense } from "react"
import { hydrateRoot } from "react-dom/client"
import { renderToReadableStream, renderToString } from "react-dom/server"
import type { AnySupervisor, SupervisorSnapshot } from "tasktor"
import { ProgressBar, SupervisorProvider, TaskList, useProgress, useTask, useTaskResult, useTasks } from "tasktor/react"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { carve, holdReactToItsWord, setTheStage } from "../../support/react.tsx"

// A server and a browser are two programs; here they are one.
holdReactToItsWord(/multiple renderers concurrently rendering the same context provider/)

describe("on the server", () => {
  it("renders an idle supervisor, whatever runs there", async () => {
    const { supervisor, during } = setTheStage()
    const { id } = supervisor.run(carve("oak"))
    await during()
    expect(renderToString(<App supervisor={supervisor} id={id} />)).toBe(
      "<p>1<!-- -->:<!-- -->0<!-- -->:<!-- -->none</p>",
    )
  })

  it("renders the snapshot that it is given", async () => {
    const { supervisor, bodies, during } = setTheStage()
    const { id } = supervisor.run(carve("oak"))
    await during()
    await during(() => bodies.of(id).report(0.5))
    const html = renderToString(
      <SupervisorProvider supervisor={supervisor} serverSnapshot={supervisor.getSnapshot()}>
        <TaskList />
        <ProgressBar />
      </SupervisorProvider>,
    )
    expect(html).toContain("1 running")
    expect(html).toContain('aria-valuenow="50"')
    expect(html).toContain('aria-label="Cancel carve"')
  })

  it("waits for results in a stream", async () => {
    const { supervisor, bodies, clock } = setTheStage()
    const { id } = supervisor.run(carve("oak"))
    const stream = await renderToReadableStream(
      <SupervisorProvider supervisor={supervisor}>
        <Suspense fallback="carving">
          <Result id={id} />
        </Suspense>
      </SupervisorProvider>,
    )
    await clock.settle()
    bodies.of(id).complete("spoon")
    await stream.allReady
    expect(await new Response(stream).text()).toContain("a <!-- -->spoon")
  })
})

describe("hydrated", () => {
  it("agrees with the server's page first, and shows what has become of it then", async () => {
    const { supervisor, bodies, during } = setTheStage()
    const { id } = supervisor.run(carve("oak"))
    await during()
    const sent = structuredClone({ ...supervisor.getSnapshot() }) as SupervisorSnapshot
    const app = <App supervisor={supervisor} id={id} serverSnapshot={sent} />
    const page = document.createElement("main")
    page.innerHTML = renderToString(app)
    expect(page.textContent).toBe("0:1:running")
    await during(() => bodies.of(id).report(0.5))
    const complain = vi.fn<(error: unknown) => void>()
    await act(async () => {
      const root = hydrateRoot(page, app, { onRecoverableError: complain })
      onTestFinished(() => act(() => root.unmount()))
      await Promise.resolve()
    })
    expect(page.textContent).toBe("0.5:1:running")
    await during(() => bodies.of(id).complete("spoon"))
    expect(page.textContent).toBe("1:0:completed")
    expect(complain).not.toHaveBeenCalled()
  })

  it("agrees with a server that had nothing to do, though tasks run already", async () => {
    const { supervisor, during } = setTheStage()
    const page = document.createElement("main")
    page.innerHTML = renderToString(<App supervisor={setTheStage().supervisor} id="t" />)
    const { id } = supervisor.run(carve("oak"))
    await during()
    const complain = vi.fn<(error: unknown) => void>()
    await act(async () => {
      const root = hydrateRoot(page, <App supervisor={supervisor} id={id} />, { onRecoverableError: complain })
      onTestFinished(() => act(() => root.unmount()))
      await Promise.resolve()
    })
    expect(page.textContent).toBe("0:1:running")
    expect(complain).not.toHaveBeenCalled()
  })
})

interface AppProps {
  readonly supervisor: AnySupervisor
  readonly id: string
  readonly serverSnapshot?: SupervisorSnapshot
}

function App({ supervisor, id, serverSnapshot }: AppProps) {
  return (
    <SupervisorProvider supervisor={supervisor} serverSnapshot={serverSnapshot}>
      <Line id={id} />
    </SupervisorProvider>
  )
}

function Line({ id }: { readonly id: string }) {
  const [progress, alive, task] = [useProgress(), useTasks().length, useTask(id)]
  return (
    <p>
      {progress}:{alive}:{task?.status ?? "none"}
    </p>
  )
}

function Result({ id }: { readonly id: string }) {
  return <p>a {useTaskResult<string>(id)}</p>
}
