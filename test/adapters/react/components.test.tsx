// @vitest-environment happy-dom
import { act, fireEvent, render, screen, within } from "@testing-library/react"
import { Profiler } from "react"
import { defineTask } from "tasktor"
import { CancelButton, ProgressBar, TaskList, type TaskRowProps, useTask } from "tasktor/react"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { carve, holdReactToItsWord, setTheStage } from "../../support/react.tsx"

holdReactToItsWord()

describe("ProgressBar", () => {
  it("tells the progress of a task in whole percents, and in words", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const task = supervisor.run(carve("oak"), { key: ["spoon", 7] })
    render(<ProgressBar task={task} className="thin" />, { wrapper: Provider })
    const bar = screen.getByRole("progressbar", { name: "carve spoon/7" })
    expect(attributesOf(bar)).toEqual({ min: "0", max: "100", now: null, text: "queued", phase: "queued" })
    await during()
    await during(() => bodies.of(task.id).report(0.379, "third chip"))
    expect(attributesOf(bar)).toEqual({ min: "0", max: "100", now: "37", text: "37 %, third chip", phase: "executing" })
    expect(bar.className).toBe("thin")
    expect(bar.querySelector<HTMLElement>("[data-part=fill]")?.style.width).toBe("37%")
    await during(() => bodies.of(task.id).fail(new Error("it split")))
    expect(attributesOf(bar).text).toBe("37 %, failed: Error: it split")
    expect(bar.dataset["status"]).toBe("failed")
  })

  it("tells the overall progress when it is given no task, and takes a name and a filling of one's own", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    supervisor.run(carve("oak"))
    supervisor.run(carve("elm"))
    render(
      <>
        <ProgressBar />
        <h2 id="title">Carving</h2>
        <ProgressBar aria-labelledby="title">
          <i>***</i>
        </ProgressBar>
      </>,
      { wrapper: Provider },
    )
    await during()
    await during(() => bodies.running[0]?.report(0.5))
    expect(screen.getByRole("progressbar", { name: "All tasks" }).getAttribute("aria-valuenow")).toBe("25")
    expect(screen.getByRole("progressbar", { name: "Carving" }).innerHTML).toBe("<i>***</i>")
  })

  it("renders when a whole percent has been reached, not before", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const { id } = supervisor.run(carve("oak"))
    await during()
    const renders: string[] = []
    render(
      <Profiler id="bar" onRender={(_id, phase) => renders.push(phase)}>
        <ProgressBar task={id} />
      </Profiler>,
      { wrapper: Provider },
    )
    for (const progress of [0.371, 0.374, 0.379, 0.38]) await during(() => bodies.of(id).report(progress))
    expect(renders).toEqual(["mount", "update", "update"])
  })

  it("counts n of a hundred as n percent", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const { id } = supervisor.run(carve("oak"))
    await during()
    render(<ProgressBar task={id} />, { wrapper: Provider })
    const shown: unknown[] = []
    for (let n = 1; n < 100; n++) {
      await during(() => bodies.of(id).report(n / 100))
      shown.push(Number(screen.getByRole("progressbar").getAttribute("aria-valuenow")))
    }
    expect(shown).toEqual(Array.from({ length: 99 }, (_, index) => index + 1))
    await during(() => bodies.of(id).report(0.9999))
    expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("99")
  })

  it("is a bar of nothing for a task that nobody knows", () => {
    const { Provider } = setTheStage()
    render(<ProgressBar task="nobody" aria-label="Nobody" />, { wrapper: Provider })
    expect(screen.getByRole("progressbar", { name: "Nobody" }).hasAttribute("aria-valuenow")).toBe(false)
  })
})

describe("TaskList", () => {
  it("shows who lives as a tree, children under their parents", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage({}, { real: ["parent"] })
    const parent = defineTask({
      name: "parent",
      run: async (ctx, woods: string[]) => {
        const children = woods.map((wood) => ctx.run(carve(wood), { key: wood }))
        await Promise.all(children.map((child) => child.outcome()))
      },
    })
    render(<TaskList label="Carvings" empty={<p>Nothing to carve</p>} />, { wrapper: Provider })
    expect(screen.queryByText("Nothing to carve")).not.toBeNull()
    supervisor.run(parent(["oak", "elm"]))
    supervisor.run(carve("fir"))
    await during()
    expect(screen.queryByText("Nothing to carve")).toBeNull()
    expect(treeOf(screen.getByRole("list", { name: "Carvings" }))).toEqual([
      ["parent", ["carve oak"], ["carve elm"]],
      ["carve"],
    ])
    await during(() => bodies.running.find(({ args }) => args[0] === "oak")?.complete("spoon"))
    expect(treeOf(screen.getByRole("list", { name: "Carvings" }))).toEqual([["parent", ["carve elm"]], ["carve"]])
  })

  it("names each bar by its label, and says what is going on", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage({ concurrency: { coroutine: 3 } })
    const retry = { maxAttempts: 2, delay: "1 second" } as const
    const ids = ["run", "again", "stop", "wait", "late"].map(
      (key) => supervisor.run(carve("oak"), { key, retry, ...(key === "late" ? { delay: "1 hour" } : {}) }).id,
    )
    render(<TaskList />, { wrapper: Provider })
    await during()
    await during(() => bodies.of(ids[0] ?? "").report(0.5, "half"))
    expect(screen.getByRole("progressbar", { name: "carve run" }).getAttribute("aria-valuenow")).toBe("50")
    expect(textsIn(screen.getByRole("list"))).toEqual(["half", "running", "running", "queued", "starts later"])
    await during(() => bodies.of(ids[1] ?? "").fail(new Error("it split")))
    expect(textsIn(screen.getByRole("list"))[1]).toBe("attempt 2 follows")
  })

  it("shows the tasks that it is given, with their ends", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage({ history: 0 })
    const ids = ["good", "bad", "unwanted", "other"].map((key) => supervisor.run(carve("oak"), { key }).id)
    const [good = "", bad = "", unwanted = ""] = ids
    render(<TaskList tasks={[unwanted, good, bad, "nobody"]} />, { wrapper: Provider })
    await during()
    await during(() => {
      bodies.of(good).complete("spoon")
      bodies.of(bad).fail(new Error("it split"))
      void supervisor.cancel(unwanted, "no oak")
    })
    const list = screen.getByRole("list")
    expect(treeOf(list)).toEqual([["carve unwanted"], ["carve good"], ["carve bad"]])
    expect(textsIn(list)).toEqual(["cancelled: no oak", "completed", "failed: Error: it split"])
    expect(within(list).queryByRole("button")).toBeNull()
    expect(
      within(list)
        .getAllByRole("listitem")
        .map(({ dataset }) => dataset["status"]),
    ).toEqual(["cancelled", "completed", "failed"])
  })

  it("cancels by a button with a name, which says when it is under way", async () => {
    const { supervisor, Provider, clock, during } = setTheStage({}, { heeds: false })
    const task = supervisor.run(carve("oak"), { key: "spoon", grace: "1 second" })
    await during()
    render(<TaskList />, { wrapper: Provider })
    const button = screen.getByRole("button", { name: "Cancel carve spoon" })
    button.focus()
    await during(() => fireEvent.click(button))
    expect(task.snapshot.phase).toBe("cancelling")
    expect(button.getAttribute("aria-disabled")).toBe("true")
    expect(document.activeElement).toBe(button)
    await during(() => fireEvent.click(button))
    await during(() => clock.advance("1 second"))
    expect(task.snapshot.status).toBe("cancelled")
    expect(screen.queryByRole("button")).toBeNull()
  })

  it("keeps the focus of a keyboard when the row goes", async () => {
    const { supervisor, Provider, during } = setTheStage()
    supervisor.run(carve("oak"), { key: "one" })
    supervisor.run(carve("elm"), { key: "two" })
    await during()
    render(<TaskList />, { wrapper: Provider })
    const button = screen.getByRole("button", { name: "Cancel carve one" })
    button.focus()
    await during(() => fireEvent.click(button))
    expect(document.activeElement).toBe(screen.getByRole("list"))
    const last = screen.getByRole("button", { name: "Cancel carve two" })
    last.focus()
    await during(() => fireEvent.click(last))
    expect(screen.queryByRole("list")).toBeNull()
    expect(document.activeElement).toBe(screen.getByRole("status").parentElement)
  })

  it("takes a row and a summary of one's own", async () => {
    const { supervisor, Provider, during } = setTheStage()
    supervisor.run(carve("oak"))
    await during()
    function Row({ id, children }: TaskRowProps) {
      return (
        <li>
          {useTask(id)?.name}{" "}
          <CancelButton task={id} reason="not today">
            ×
          </CancelButton>
          {children}
        </li>
      )
    }
    render(<TaskList row={Row} summarize={({ running }) => `${running} at work`} data-mine="yes" />, {
      wrapper: Provider,
    })
    expect(screen.getByRole("status").textContent).toBe("1 at work")
    expect(screen.getByRole("status").closest("[data-mine=yes]")).not.toBeNull()
    const button = screen.getByRole("button", { name: "Cancel carve" })
    expect(button.textContent).toBe("×")
    await during(() => fireEvent.click(button))
    expect(supervisor.getSnapshot().counts.cancelled).toBe(1)
  })

  it("speaks every two seconds at most, and says the last thing always", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] })
    onTestFinished(() => void vi.useRealTimers())
    const { supervisor, bodies, Provider, during } = setTheStage()
    render(<TaskList />, { wrapper: Provider })
    const spoken: (string | null)[] = []
    const listen = () => {
      const text = screen.getByRole("status").textContent
      if (text !== spoken.at(-1)) spoken.push(text)
    }
    listen()
    const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms))
    for (let n = 0; n < 10; n++) {
      await during(() => supervisor.run(carve("oak")))
      pass(100)
      listen()
    }
    await during(() => bodies.running[0]?.complete("spoon"))
    listen()
    pass(2000)
    listen()
    expect(spoken).toEqual(["No tasks", "1 running", "9 running, 1 completed"])
  })
})

type Tree = readonly (string | Tree)[]

/** The labels of a list's rows, each with those of the rows in it. */
function treeOf(list: HTMLElement): Tree[] {
  return [...list.children].map((row) => {
    const inner = row.querySelector<HTMLElement>(":scope > [data-part=tasks]")
    const label = row.querySelector("[data-part=label]")?.textContent ?? ""
    return inner === null ? [label] : [label].concat(treeOf(inner) as never)
  })
}

function textsIn(list: HTMLElement): string[] {
  return [...list.querySelectorAll("[data-part=text]")].map(({ textContent }) => textContent ?? "")
}

function attributesOf(bar: HTMLElement) {
  const of = (name: string) => bar.getAttribute(`aria-value${name}`)
  return { min: of("min"), max: of("max"), now: of("now"), text: of("text"), phase: bar.dataset["phase"] }
}
