// @vitest-environment happy-dom
/** Scenario 25: many live tasks and one that is busy; and StrictMode, which mounts everything twice. */
import { render } from "@testing-library/react"
import { Profiler } from "react"
import { TaskList, TaskRow, type TaskRowProps, useTask } from "tasktor/react"
import { describe, expect, it } from "vitest"
import { carve, holdReactToItsWord, setTheStage } from "../support/react.tsx"

holdReactToItsWord()

const crowd = 1000
const frame = 1000 / 60

describe.each([
  ["a component of one's own", Line],
  ["TaskRow", TaskRow],
])("1,000 live tasks, each in %s", (_name, Row) => {
  it("one of them is updated 60 times a second: only its own component renders", async () => {
    const { supervisor, bodies, clock, Provider, during } = setTheStage()
    const ids = Array.from({ length: crowd }, () => supervisor.run(carve("oak")).id)
    await during()
    const renders = new Map<string, number>()
    const Counted = ({ id, children }: TaskRowProps) => (
      <Profiler id={id} onRender={() => renders.set(id, (renders.get(id) ?? 0) + 1)}>
        <Row id={id}>{children}</Row>
      </Profiler>
    )
    const { container } = render(<TaskList row={Counted} />, { wrapper: Provider })
    expect(container.querySelectorAll("li")).toHaveLength(crowd)
    renders.clear()

    const [busy = ""] = ids
    for (let update = 1; update <= 60; update++) {
      await during(async () => {
        bodies.of(busy).report(update / 60, `chip ${update}`)
        await clock.advance(frame)
      })
    }
    expect([...renders.keys()]).toEqual([busy])
    expect(renders.get(busy)).toBe(60)
    expect(container.querySelector("li")?.textContent).toContain("chip 60")
  })
})

describe("in StrictMode", () => {
  it("mount, unmount, mount cancels nothing, and neither does the last unmount", async () => {
    const { supervisor, Provider, during } = setTheStage()
    supervisor.run(carve("oak"))
    await during()
    const { container, unmount } = render(<TaskList />, { wrapper: Provider, reactStrictMode: true })
    await during()
    expect(container.textContent).toContain("carve")
    unmount()
    await during()
    expect(supervisor.getSnapshot()).toMatchObject({ state: "open", counts: { running: 1, cancelled: 0 } })
  })
})

function Line({ id }: TaskRowProps) {
  return <li>{useTask(id)?.message}</li>
}
