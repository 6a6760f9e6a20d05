import { type LiveGraphEvent, liveGraphMachine, liveStepMachine, nextLiveStepState } from "tasktor/machines"
import { describe, expect, it } from "vitest"
import { createActor } from "xstate"

describe("the machine of a live graph", () => {
  function walk(
    mode: "automatic" | "manual",
    ...events: readonly (LiveGraphEvent | LiveGraphEvent["type"])[]
  ): unknown[] {
    const actor = createActor(liveGraphMachine, { input: { mode } }).start()
    return [actor, ...events].map((event) => {
      if (typeof event === "string") actor.send({ type: event } as LiveGraphEvent)
      else if (event !== actor) actor.send(event as LiveGraphEvent)
      const { value } = actor.getSnapshot()
      return typeof value === "string" ? value : `${value.living.gate} ${value.living.work}`
    })
  }

  const fresh = { type: "rest", isFresh: true } as const
  const stale = { type: "rest", isFresh: false } as const

  it("opens its gate by itself in the automatic mode, when the debounce is over", () => {
    expect(walk("automatic", "begin", fresh, "invalidate", "invalidate", "due", "begin", stale, fresh, "stop")).toEqual(
      [
        "open stale",
        "open computing",
        "open fresh",
        "gathering stale",
        "gathering stale",
        "open stale",
        "open computing",
        "open stale",
        "open fresh",
        "stopped",
      ],
    )
    expect(walk("automatic", "invalidate", "refresh").at(-1)).toBe("open stale")
  })

  it("in the manual mode opens it for a refresh, until there is nothing to do", () => {
    expect(walk("manual", "invalidate", "refresh", "begin", "invalidate", fresh, "invalidate")).toEqual([
      "held stale",
      "held stale",
      "open stale",
      "open computing",
      "open computing",
      "held fresh",
      "held stale",
    ])
  })

  it("counts pauses, and remembers a refresh", () => {
    const pauses = ["pause", "pause", "pause", "resume", "resume", "resume"] as const
    expect(walk("automatic", ...pauses).slice(1)).toEqual([
      ...Array.from({ length: 5 }, () => "paused stale"),
      "open stale",
    ])
    expect(walk("automatic", "invalidate", "pause", "due", "resume").slice(2)).toEqual([
      "paused stale",
      "paused stale",
      "open stale",
    ])
    expect(walk("manual", "pause", "resume").at(-1)).toBe("held stale")
    expect(walk("manual", "pause", "refresh", "resume", stale, "pause", "resume").slice(3)).toEqual([
      "open stale",
      "held stale",
      "paused stale",
      "held stale",
    ])
  })
})

describe("the machine of its steps", () => {
  it("is the same as the function that runs, in every state and for every event", () => {
    const states = ["dirty", "processing", "valid", "failed", "cancelled"] as const
    const events = ["invalidate", "start", "complete", "fail", "cancel", "keep"] as const
    expect(Object.keys(liveStepMachine.states)).toEqual(states)
    for (const state of states) {
      for (const type of events) {
        const actor = createActor(liveStepMachine, { snapshot: liveStepMachine.resolveState({ value: state }) }).start()
        actor.send({ type })
        expect(nextLiveStepState(state, type)).toBe(actor.getSnapshot().value)
      }
    }
  })

  it("makes no state final: whatever a step is, it can be invalidated", () => {
    for (const state of ["processing", "valid", "failed", "cancelled"] as const) {
      expect(nextLiveStepState(state, "invalidate")).toBe("dirty")
    }
  })
})
