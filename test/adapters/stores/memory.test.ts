import { describe, expect, it } from "vitest"
import { memoryStore } from "../../../adapters/stores/memory/memory-store.ts"
import { describeStore } from "../../conformance/store.ts"

describe("a store in memory", () => {
  describeStore((options) => {
    const store = memoryStore(options)
    return { store, again: () => store }
  })

  it.each([
    [5, `Cannot make a memory store: its options must be an object, current value is 5`],
    [{ retention: 7 }, `Cannot make a memory store: "retention" must be an object, current value is 7`],
    [
      { retention: { failed: 7 } },
      `Cannot make a memory store: "retention.failed" must be an object, current value is 7`,
    ],
    [
      { retention: { failed: { count: -1 } } },
      `Cannot make a memory store: "retention.failed.count" must be a whole number, 0 or more, or Infinity, current value is -1`,
    ],
    [{ retention: { completed: { age: "soon" } } }, `Cannot read "retention.completed.age": "soon" is not a duration`],
  ])("refuses the options %o", (options, message) => {
    expect(() => memoryStore(options as never)).toThrow(message)
  })
})
