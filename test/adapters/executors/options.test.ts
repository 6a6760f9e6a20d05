import { processExecutor, threadExecutor } from "tasktor"
import { describe, expect, it } from "vitest"

describe.each([
  { executor: "thread", make: threadExecutor },
  { executor: "process", make: processExecutor },
])("the options of the $executor executor", ({ executor, make }) => {
  it.each([
    {
      options: { concurrency: 0 },
      error: RangeError,
      says: '"concurrency" must be a whole number, 1 or more, current value is 0',
    },
    { options: { concurrency: 1.5 }, error: RangeError, says: "1.5" },
    { options: { concurrency: "2" }, error: TypeError, says: '"concurrency" must be a whole number' },
    { options: { recycle: { tasks: 0 } }, error: RangeError, says: '"recycle.tasks"' },
    {
      options: { recycle: { memory: "lots" } },
      error: RangeError,
      says: 'a text such as "512 MB", current value is "lots"',
    },
    { options: { recycle: { memory: -1 } }, error: RangeError, says: '"recycle.memory"' },
    { options: { restarts: { limit: -1, within: "1 second" } }, error: RangeError, says: '"restarts.limit"' },
    { options: { restarts: { limit: 1, within: "soon" } }, error: TypeError, says: '"restarts.within"' },
    { options: { setup: "./setup.js" }, error: TypeError, says: 'new URL("./setup.js", import.meta.url)' },
  ])("are refused when they are $options", ({ options, error, says }) => {
    const making = (): unknown => make(options as never)
    expect(making).toThrow(error)
    expect(making).toThrow(says)
  })

  it("may be left out, or be good", () => {
    expect(make().name).toBe(executor)
    expect(make({ concurrency: 3 }).defaultConcurrency).toBe(3)
    expect(make({ recycle: { memory: "1.5 GB", tasks: 10 }, restarts: { limit: 0, within: 10 } }).name).toBe(executor)
  })

  it("belong to one supervisor only", () => {
    const shared = make()
    const host = { clock: {} as never, concurrency: 1, ready: () => {}, pending: () => 0, warn: () => {} }
    shared.open(host)
    expect(() => shared.open(host)).toThrow(/belongs to a supervisor already/)
    expect(() => make().execute({} as never)).toThrow(/no supervisor has opened it/)
  })
})
