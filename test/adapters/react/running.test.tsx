// @vitest-environment happy-dom
import { act, render } from "@testing-library/react"
import { Suspense, useEffect } from "react"
import { chain, defineTask, type EventMap, type Supervisor } from "tasktor"
import { type Run, SupervisorProvider, useRun, type UseRunOptions, useTaskResult } from "tasktor/react"
import { describe, expect, it } from "vitest"
import { carve, holdReactToItsWord, setTheStage, type Stage } from "../../support/react.tsx"

holdReactToItsWord()

type CarveEvents = { chip: number }
type CarveRun = Run<[wood: string], string, CarveEvents>

/** A component that runs `carve`, and what its hook gave last. */
function carver(options?: UseRunOptions<CarveEvents>) {
  const current: { run: CarveRun | undefined } = { run: undefined }
  function Carver() {
    current.run = useRun(carve, options)
    return null
  }
  return {
    Carver,
    now: (): CarveRun => {
      if (current.run === undefined) throw new Error("It has not been rendered")
      return current.run
    },
  }
}

describe("useRun", () => {
  it("shows nothing before, the progress meanwhile, and the outcome afterwards", async () => {
    const { bodies, Provider, during } = setTheStage()
    const { Carver, now } = carver()
    render(<Carver />, { wrapper: Provider })
    expect(now()).toMatchObject({ pending: false, progress: 0 })
    expect([now().handle, now().task, now().outcome]).toEqual([undefined, undefined, undefined])
    expect(await now().cancel()).toBe("unknown")
    await during(() => now().run("oak"))
    expect(now()).toMatchObject({ pending: true, progress: 0, task: { phase: "executing" } })
    expect(bodies.of("carve").args).toEqual(["oak"])
    await during(() => bodies.of("carve").report(0.5, "half"))
    expect(now()).toMatchObject({ pending: true, progress: 0.5, task: { message: "half" } })
    await during(() => bodies.of("carve").complete("spoon"))
    expect(now()).toMatchObject({ pending: false, progress: 1, outcome: { status: "completed", output: "spoon" } })
    expect(await now().handle?.result()).toBe("spoon")
  })

  it("is pending from the call on, before anything has come of it", () => {
    const { Provider } = setTheStage()
    const { Carver, now } = carver()
    render(<Carver />, { wrapper: Provider })
    act(() => void now().run("oak"))
    expect(now()).toMatchObject({ pending: true, task: { phase: "queued" } })
  })

  it("cancels, and tells how a run failed", async () => {
    const { bodies, Provider, during } = setTheStage()
    const { Carver, now } = carver()
    render(<Carver />, { wrapper: Provider })
    await during(() => now().run("oak"))
    await during(async () => expect(await now().cancel("enough")).toBe("cancelled"))
    expect(now().outcome).toEqual({ status: "cancelled", reason: { type: "requested", message: "enough" } })
    await during(() => now().run("elm"))
    expect(now()).toMatchObject({ pending: true, outcome: undefined })
    await during(() => bodies.of("carve").fail(new Error("it split")))
    expect(now()).toMatchObject({ pending: false, outcome: { status: "failed", failure: { type: "error" } } })
  })

  it("knows its run even where the supervisor has no history", async () => {
    const { Provider, during } = setTheStage({ history: 0, executors: [] })
    const quick = defineTask({ name: "quick", run: () => 7 })
    let latest: Run<[], number, EventMap> | undefined
    function Quick() {
      latest = useRun(quick)
      return null
    }
    render(<Quick />, { wrapper: Provider })
    await during(() => latest?.run())
    expect(latest?.outcome).toEqual({ status: "completed", output: 7 })
  })

  it("throws a misuse at the call", () => {
    const { Provider } = setTheStage()
    const { Carver, now } = carver({ priority: Number.NaN })
    render(<Carver />, { wrapper: Provider })
    expect(() => now().run("oak")).toThrow(/priority/)
    expect(now().pending).toBe(false)
  })

  it("keeps its functions, and uses the options and the task rendered last", async () => {
    const { bodies, Provider, during } = setTheStage()
    const runs: unknown[] = []
    function Pair({ tag }: { readonly tag: string }) {
      const { run } = useRun((wood: string) => carve(`${tag} ${wood}`), { tags: [tag] })
      runs.push(run)
      useEffect(() => {
        if (tag === "second") run("oak")
      }, [run, tag])
      return null
    }
    const { rerender } = render(<Pair tag="first" />, { wrapper: Provider })
    rerender(<Pair tag="second" />)
    await during()
    expect(bodies.of("carve").args).toEqual(["second oak"])
    expect(new Set(runs).size).toBe(1)
  })

  it("runs a pipeline that is made of its arguments", async () => {
    const { bodies, clock, Provider, during } = setTheStage()
    let latest: Run<[string], string, Record<string, unknown>> | undefined
    function Twice() {
      latest = useRun((wood: string) => chain(carve(wood), carve))
      return null
    }
    render(<Twice />, { wrapper: Provider })
    await during(() => latest?.run("oak"))
    await during(() => bodies.of("carve").complete("block"))
    await during(() => clock.advance("1 second"))
    expect(latest?.progress).toBe(0.5)
    expect(bodies.of("carve").args).toEqual(["block"])
    await during(() => bodies.of("carve").complete("spoon"))
    expect(latest?.outcome).toEqual({ status: "completed", output: "spoon" })
  })

  it("hears every event of the body by whenEvent, those before the next rendering included", async () => {
    const { Provider, during } = setTheStage({ executors: [] })
    const talks = defineTask({ name: "talks", run: (ctx) => ctx.sendEvent("word" as never, "first" as never) })
    const heard: unknown[] = []
    let latest: Run<[], void, EventMap> | undefined
    function Listener() {
      latest = useRun(talks, { whenEvent: (_task, name, data) => void heard.push([name, data]) })
      return null
    }
    render(<Listener />, { wrapper: Provider })
    await during(() => latest?.run())
    expect(heard).toEqual([["word", "first"]])
  })
})

describe("a second run", () => {
  it("goes beside the first one, and is the one that is shown", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const { Carver, now } = carver()
    render(<Carver />, { wrapper: Provider })
    await during(() => now().run("oak"))
    const first = now().handle
    await during(() => now().run("elm"))
    expect(bodies.running.map(({ args }) => args)).toEqual([["oak"], ["elm"]])
    await during(() => bodies.of(first?.id ?? "").complete("spoon"))
    expect(now()).toMatchObject({ pending: true, outcome: undefined })
    expect(supervisor.getSnapshot().counts).toMatchObject({ running: 1, completed: 1 })
  })

  it.each([
    ["replace", ["cancelled", "running"]],
    ["queue", ["running", "pending"]],
    ["reject", ["running", "cancelled"]],
    ["join", ["running", "running"]],
  ] as const)("with a key follows the policy: %s", async (onConflict, statuses) => {
    const { bodies, Provider, during } = setTheStage()
    const { Carver, now } = carver({ key: "the knife", onConflict })
    render(<Carver />, { wrapper: Provider })
    await during(() => now().run("oak"))
    const first = now().handle
    act(() => void now().run("elm"))
    const second = now().handle
    expect(second === first).toBe(onConflict === "join")
    await during()
    expect([first?.snapshot.status, second?.snapshot.status]).toEqual(statuses)
    expect(bodies.running).toHaveLength(1)
  })
})

describe("when the component goes", () => {
  it("its runs go on", async () => {
    const { bodies, Provider, during } = setTheStage()
    const { Carver, now } = carver()
    const { unmount } = render(<Carver />, { wrapper: Provider })
    await during(() => now().run("oak"))
    const { handle } = now()
    unmount()
    await during(() => bodies.of("carve").complete("spoon"))
    expect(await handle?.result()).toBe("spoon")
  })

  it("they are cancelled where it said so: all that it has started and that live", async () => {
    const { Provider, bodies, during } = setTheStage()
    const { Carver, now } = carver({ onUnmount: "cancel" })
    const { unmount } = render(<Carver />, { wrapper: Provider })
    const handles = await runThree(now, during)
    await during(() => bodies.of(handles[0]?.id ?? "").complete("spoon"))
    await during(() => unmount())
    expect(handles.map(({ snapshot }) => snapshot.status)).toEqual(["completed", "cancelled", "cancelled"])
    expect(handles[2]?.snapshot.cancelReason).toEqual({ type: "requested", message: "its component was unmounted" })
  })

  it.each(["keep", "cancel"] as const)(
    "but a StrictMode mount, unmount, mount cancels nothing: onUnmount is %s",
    async (onUnmount) => {
      const { supervisor, bodies, Provider, during } = setTheStage()
      let mounts = 0
      function Eager() {
        const { run } = useRun(carve, { key: "one", onConflict: "join", onUnmount })
        useEffect(() => {
          mounts++
          run("oak")
        }, [run])
        return null
      }
      const { unmount } = render(<Eager />, { wrapper: Provider, reactStrictMode: true })
      await during()
      expect(mounts).toBe(2)
      expect(bodies.running).toHaveLength(1)
      expect(bodies.running[0]?.args).toEqual(["oak"])
      await during(() => unmount())
      expect(supervisor.getSnapshot().counts).toMatchObject(
        onUnmount === "keep" ? { running: 1, cancelled: 0 } : { running: 0, cancelled: 1 },
      )
    },
  )

  it.each(["keep", "cancel"] as const)("and what is run by one that is gone: onUnmount is %s", async (onUnmount) => {
    const { Provider, during } = setTheStage()
    const { Carver, now } = carver({ onUnmount })
    const { unmount } = render(<Carver />, { wrapper: Provider })
    // Such as a handler that has waited for something.
    const { run } = now()
    await during(() => unmount())
    const late = await during(() => run("oak"))
    expect(late.snapshot.status).toBe(onUnmount === "keep" ? "running" : "cancelled")
  })

  it("which a boundary of Suspense that hides it for a while is not", async () => {
    const { bodies, Provider, during } = setTheStage()
    const current: { run?: CarveRun } = {}
    function Answer() {
      const run = useRun(carve, { onUnmount: "cancel" })
      current.run = run
      return run.handle === undefined ? null : <Result task={run.handle} />
    }
    function Result({ task }: { readonly task: NonNullable<CarveRun["handle"]> }) {
      return useTaskResult(task)
    }
    render(
      <Suspense fallback="carving">
        <Answer />
      </Suspense>,
      { wrapper: Provider },
    )
    const first = await during(() => current.run?.run("oak"))
    // While the boundary hides what waits for the first one, as a handler does that has waited for it.
    const second = await during(() => current.run?.run("elm"))
    expect([first?.snapshot.status, second?.snapshot.status]).toEqual(["running", "running"])
    await during(() => bodies.running.at(-1)?.complete("spoon"))
    expect(document.body.textContent).toBe("spoon")
  })

  it("a run that ends meanwhile bothers nobody", async () => {
    const { bodies, Provider, during } = setTheStage()
    const { Carver, now } = carver({ onUnmount: "cancel" })
    const { unmount } = render(<Carver />, { wrapper: Provider })
    await during(() => now().run("oak"))
    await during(() => {
      bodies.of("carve").complete("spoon")
      unmount()
    })
    expect(await now().handle?.outcome()).toEqual({ status: "completed", output: "spoon" })
  })
})

describe("under another supervisor", () => {
  it("nothing has been run yet, and the next run is its own", async () => {
    const [here, there] = [setTheStage(), setTheStage()]
    const { Carver, now } = carver()
    const app = (supervisor: Supervisor) => (
      <SupervisorProvider supervisor={supervisor}>
        <Carver />
      </SupervisorProvider>
    )
    const { rerender } = render(app(here.supervisor))
    await here.during(() => now().run("oak"))
    rerender(app(there.supervisor))
    expect(now()).toMatchObject({ pending: false, handle: undefined, outcome: undefined })
    await there.during(() => now().run("elm"))
    expect(there.bodies.of("carve").args).toEqual(["elm"])
    expect(here.bodies.of("carve").args).toEqual(["oak"])
  })
})

async function runThree(now: () => CarveRun, during: Stage["during"]) {
  const handles: ReturnType<CarveRun["run"]>[] = []
  for (const wood of ["oak", "elm", "fir"]) await during(() => handles.push(now().run(wood)))
  return handles
}
