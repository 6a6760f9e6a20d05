// @vitest-environment happy-dom
import { act, render } from "@testing-library/react"
import { TaskList } from "tasktor/react"
import { describe, expect, it, vi } from "vitest"
import { carve, holdReactToItsWord, setTheStage } from "../../support/react.tsx"

holdReactToItsWord()

/** The browser's part, which the test plays. */
const watched = new Set<Element>()
let tell: (entries: readonly { readonly target: Element; readonly isIntersecting: boolean }[]) => void = () => {}
vi.stubGlobal(
  "IntersectionObserver",
  class {
    constructor(told: typeof tell) {
      tell = told
    }
    observe(element: Element): void {
      watched.add(element)
    }
    unobserve(element: Element): void {
      watched.delete(element)
    }
  },
)

describe("a row out of sight", () => {
  it("follows its task's phases alone, and catches up when it comes near", async () => {
    const { supervisor, bodies, Provider, during } = setTheStage()
    const { id } = supervisor.run(carve("oak"))
    await during()
    const { container, unmount } = render(<TaskList tasks={[id]} />, { wrapper: Provider })
    const [row] = watched
    if (row === undefined) throw new Error("No row is watched")
    const text = () => container.querySelector("[data-part=text]")?.textContent
    const scroll = (isIntersecting: boolean) => act(() => tell([{ target: row, isIntersecting }]))

    await during(() => bodies.of(id).report(0.2, "before anybody knows where it is"))
    expect(text()).toBe("before anybody knows where it is")
    scroll(false)
    await during(() => bodies.of(id).report(0.5, "half"))
    expect(text()).toBe("before anybody knows where it is")
    scroll(true)
    expect(text()).toBe("half")
    scroll(false)
    await during(() => bodies.of(id).fail(new Error("it split")))
    expect(text()).toBe("failed: Error: it split")
    unmount()
    expect(watched.size).toBe(0)
  })
})
