import { expect, it } from "vitest"
import { lifecyclePage, staleLifecycle } from "../../scripts/docs/lifecycle.ts"

it("docs/lifecycle.md says what the machines do", () => {
  expect(staleLifecycle()).toEqual([])
})

it("the page has every state of every machine, and where its events lead", () => {
  const page = lifecyclePage()
  expect(page).toContain(
    "| `running.executing` | running.cancelling | pending.backoff if hasAnotherAttempt, else failed |",
  )
  for (const state of ["pending.delayed", "cancelled", "draining", "lending"])
    expect(page).toContain(`| \`${state}\` |`)
  expect(page.match(/```mermaid\nstateDiagram-v2\n/g)).toHaveLength(7)
})
