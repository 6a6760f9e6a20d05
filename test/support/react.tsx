import { act, cleanup } from "@testing-library/react"
import type { ReactNode } from "react"
import { defineTask, events, type Supervisor, type SupervisorOptions } from "tasktor"
import { SupervisorProvider } from "tasktor/react"
import { scriptedBodies, type ScriptedBodies } from "tasktor/testing"
import { afterEach, beforeEach, expect, type MockInstance, vi } from "vitest"
import { setup, type SimulatedClock } from "./setup.ts"

/** A task whose body the test plays. */
export const carve = defineTask({
  name: "carve",
  events: events<{ chip: number }>(),
  run: (_ctx, wood: string): string => wood,
})

export interface Stage {
  readonly supervisor: Supervisor
  readonly bodies: ScriptedBodies
  readonly clock: SimulatedClock
  readonly Provider: (props: { readonly children?: ReactNode }) => ReactNode
  /** Does something, and lets all that follows happen and be rendered. */
  during<Result = void>(what?: () => Result | Promise<Result>): Promise<Result>
}

/** A supervisor whose bodies the test plays, for components to look at. */
export function setTheStage(options: SupervisorOptions = {}, how: Parameters<typeof scriptedBodies>[0] = {}): Stage {
  const bodies = scriptedBodies(how)
  const { supervisor, clock } = setup({ executors: bodies.executors, ...options })
  return {
    supervisor,
    bodies,
    clock,
    Provider: ({ children }) => <SupervisorProvider supervisor={supervisor}>{children}</SupervisorProvider>,
    during: (what) =>
      act(async () => {
        const result = await what?.()
        await clock.settle()
        return result as never
      }),
  }
}

/**
 * What React complains of (updates outside of `act`, a hydration that does not fit) fails the test; roots do not outlive it.
 *
 * @param but What it may say all the same.
 */
export function holdReactToItsWord(but?: RegExp): MockInstance<typeof console.error> {
  const complaint = vi.spyOn(console, "error")
  beforeEach(() => void complaint.mockReset().mockImplementation(() => {}))
  afterEach(() => {
    cleanup()
    expect(complaint.mock.calls.filter(([text]) => but?.test(String(text)) !== true)).toEqual([])
  })
  return complaint
}

/** A component that tells what it renders. */
export function teller<Value>(): { readonly told: Value[]; readonly tell: (value: Value) => null } {
  const told: Value[] = []
  return {
    told,
    tell: (value) => {
      told.push(value)
      return null
    },
  }
}
