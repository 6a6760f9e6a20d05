import { defineTask, type StandardSchema } from "tasktor"
import { describe, expect, it } from "vitest"
import { z } from "zod"
import { setup } from "../support/setup.ts"
import { isSettled, sleep } from "../support/wait.ts"

/** A schema written by hand, which takes its time. */
function laterNonNegative(): StandardSchema<[n: number]> {
  return {
    "~standard": {
      version: 1,
      vendor: "by-hand",
      validate: async (value) => {
        await Promise.resolve()
        const [n] = value as readonly [number]
        return n >= 0 ? { value: [Math.round(n)] } : { issues: [{ message: `${n} is negative`, path: [0] }] }
      },
    },
  }
}

describe("the input", () => {
  let ran = 0
  const resize = defineTask({
    name: "resize",
    input: z.tuple([z.string().trim(), z.number().int().positive()]),
    retry: { maxAttempts: 5, delay: 0 },
    run: (_ctx, name: string, width: number) => {
      ran++
      return `${name} at ${width}`
    },
  })

  it("that is valid is what the schema made of it", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.run(resize("  cat ", 40))
    await clock.settle()
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "cat at 40" })
  })

  it("that is not valid fails the task as `validation`, with the issues; its body never runs, and there is no retry", async () => {
    const { supervisor, clock } = setup()
    ran = 0
    const task = supervisor.run(resize("cat", -1))
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "validation", side: "input" } })
    const outcome = await task.outcome()
    const failure = outcome.status === "failed" ? outcome.failure : undefined
    expect(failure?.type === "validation" && failure.issues).toHaveLength(1)
    expect(JSON.stringify(failure)).toMatch(/positive|>0|greater|small/i)
    expect(ran).toBe(0)
    expect(task.snapshot.failures).toHaveLength(1)
  })

  it("names the place of each issue", async () => {
    const { supervisor, clock } = setup()
    const nested = defineTask({
      name: "nested-input",
      input: z.tuple([z.object({ size: z.object({ width: z.number() }) })]),
      run: (_ctx, options: { size: { width: number } }) => options.size.width,
    })
    const task = supervisor.run(nested({ size: { width: "wide" as never } }))
    await clock.settle()
    const outcome = await task.outcome()
    const failure = outcome.status === "failed" ? outcome.failure : undefined
    expect(failure?.type === "validation" && failure.issues[0]).toMatch(/size\.width/)
  })

  it("may be checked by a schema that takes its time", async () => {
    const { supervisor, clock } = setup()
    const root = defineTask({ name: "root", input: laterNonNegative(), run: (_ctx, n: number) => Math.sqrt(n) })
    const valid = supervisor.run(root(8.9))
    const invalid = supervisor.run(root(-1))
    await clock.settle()
    expect(valid.snapshot.outcome).toEqual({ status: "completed", output: 3 })
    expect(invalid.snapshot.outcome).toMatchObject({
      status: "failed",
      failure: { type: "validation", side: "input", issues: [expect.stringContaining("-1 is negative")] },
    })
  })

  it("whose schema throws fails the task, and nothing hangs", async () => {
    const { supervisor, clock } = setup()
    const broken = defineTask({
      name: "broken-schema",
      input: {
        "~standard": {
          version: 1,
          vendor: "by-hand",
          validate: () => {
            throw new Error("the schema is broken")
          },
        },
      } satisfies StandardSchema<readonly []>,
      run: () => 1,
    })
    const task = supervisor.run(broken())
    await clock.settle()
    expect(task.snapshot.status).toBe("failed")
    expect(await isSettled(supervisor, clock)).toBe(true)
  })

  it("can be cancelled while it is checked", async () => {
    const { supervisor, clock } = setup()
    let ran2 = false
    const slow = defineTask({
      name: "slow-schema",
      input: {
        "~standard": { version: 1, vendor: "by-hand", validate: () => new Promise(() => {}) },
      } satisfies StandardSchema<readonly []>,
      run: () => void (ran2 = true),
    })
    const task = supervisor.run(slow())
    await clock.settle()
    const receipt = task.cancel()
    await clock.advance("1 minute")
    expect(await receipt).toBe("cancelled")
    expect(ran2).toBe(false)
  })
})

describe("the output", () => {
  it("that is valid is what the schema made of it", async () => {
    const { supervisor, clock } = setup()
    const label = defineTask({
      name: "label",
      output: z.string().transform((text) => text.toUpperCase()),
      run: () => "cat",
    })
    const task = supervisor.run(label())
    await clock.settle()
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "CAT" })
  })

  it("that is not valid fails the task as `validation`, and there is no retry", async () => {
    const { supervisor, clock } = setup()
    let runs = 0
    const wrong = defineTask({
      name: "wrong",
      output: z.number(),
      retry: { maxAttempts: 5, delay: 0 },
      run: () => {
        runs++
        return "cat" as unknown as number
      },
    })
    const task = supervisor.run(wrong())
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "validation", side: "output" } })
    expect(runs).toBe(1)
  })

  it("keeps the parts of a result that no one asked for when there is no schema", async () => {
    const { supervisor, clock } = setup()
    const output = { nested: [new Map([[1, new Set(["a"])]])] }
    const task = supervisor.addCoroutine(() => output, [])
    await clock.settle()
    expect(await task.result()).toBe(output)
  })
})

describe("a schema that never answers", () => {
  const never = { "~standard": { version: 1, vendor: "by-hand", validate: () => new Promise(() => {}) } } as const

  it("for the output is cut off by a cancel, with the grace period at the latest", async () => {
    const { supervisor, clock } = setup()
    const task = supervisor.run(defineTask({ name: "never-valid", output: never, run: () => 1 })())
    await clock.settle()
    expect(task.snapshot.status).toBe("running")
    void task.cancel()
    await clock.advance("1 minute")
    expect(task.snapshot.status).toBe("cancelled")
  })

  it("for the output is cut off by a hard timeout", async () => {
    const { supervisor, clock } = setup()
    const checked = defineTask({
      name: "never-in-time",
      output: never,
      timeout: { hard: "5 seconds" },
      run: () => 1,
    })
    const task = supervisor.run(checked())
    await clock.advance("1 minute")
    expect(task.snapshot.outcome).toMatchObject({ status: "failed", failure: { type: "timeout", limit: "hard" } })
  })
})

describe("an input that is still being checked", () => {
  it("when its key becomes free is waited for", async () => {
    const { supervisor, clock } = setup()
    const seen: unknown[] = []
    const checked = defineTask({
      name: "checked-behind-a-key",
      input: {
        "~standard": {
          version: 1,
          vendor: "by-hand",
          validate: async (value) => {
            await sleep(clock, 1000)
            return { value: [`checked ${(value as [string])[0]}`] }
          },
        },
      } satisfies StandardSchema<readonly [string]>,
      run: (_ctx, text: string) => void seen.push(text),
    })
    supervisor.addCoroutine(() => sleep(clock, 500), [], { key: "k" })
    const task = supervisor.run(checked("raw"), { key: "k", onConflict: "queue" })
    await clock.advance("1 minute")
    expect(seen).toEqual(["checked raw"])
    expect(task.snapshot).toMatchObject({ status: "completed", attempt: 1 })
  })
})

describe("a schema whose tuple allows fewer arguments than the body", () => {
  it("fills in its defaults", async () => {
    const { supervisor, clock } = setup()
    const greet = defineTask({
      name: "greet",
      input: z.tuple([z.string(), z.number().default(2)]),
      run: (_ctx, word: string, times?: number) => word.repeat(times ?? 0),
    })
    const task = supervisor.run(greet("ho", undefined as never))
    await clock.settle()
    expect(task.snapshot.outcome).toEqual({ status: "completed", output: "hoho" })
  })
})
