import { createSupervisor, defineTask, type SupervisorOptions, type TaskContext, type TaskSettings } from "tasktor"
import { describe, expect, it } from "vitest"
import { setup } from "../support/setup.ts"
import { untilAborted } from "../support/wait.ts"

type Refusal = typeof TypeError | typeof RangeError

/** What the call threw or what its promise rejected with. */
async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  return undefined
}

/** How a call was refused: as what, and what its message lacks of "Cannot …" and of all that it ought to name. */
async function refusalOf(call: () => unknown, named: readonly (string | RegExp)[]) {
  const error = await thrownBy(call)
  if (!(error instanceof Error)) return { type: "not at all", lacks: [] }
  const { message } = error
  const lacks = [/^Cannot /, ...named].filter((part) =>
    typeof part === "string" ? !message.includes(part) : !part.test(message),
  )
  return { type: error.constructor.name, lacks: lacks.map((part) => `${String(part)} in: ${message}`) }
}

function refused(refusal: Refusal): { readonly type: string; readonly lacks: readonly string[] } {
  return { type: refusal.name, lacks: [] }
}

const circle: Record<string, unknown> = {}
circle["itself"] = circle

/** Whoever asks it anything is thrown at. */
const unreadable = new Proxy(
  {},
  {
    get: () => {
      throw new Error("unreadable")
    },
  },
)

/** Settings that cannot be used, what is thrown, and what its message names: the setting, the value, the remedy. */
const badSettings: readonly (readonly [string, object, Refusal, readonly (string | RegExp)[]])[] = [
  ["an executor that is no text", { executor: 7 }, TypeError, ["executor", "7"]],
  ["an empty queue", { queue: "" }, TypeError, ["queue", '""']],
  ["a priority that is no number", { priority: Number.NaN }, RangeError, ["priority", "NaN", "finite"]],
  ["a priority in words", { priority: "high" }, RangeError, ["priority", '"high"', "number"]],
  ["an endless priority", { priority: Number.POSITIVE_INFINITY }, RangeError, ["priority", "Infinity", "finite"]],
  ["no attempt at all", { retry: { maxAttempts: 0 } }, RangeError, ["maxAttempts", "0", "1 or more"]],
  ["half an attempt", { retry: { maxAttempts: 1.5 } }, RangeError, ["maxAttempts", "1.5", "whole"]],
  ["a retry policy without a number", { retry: {} }, RangeError, ["maxAttempts", "undefined"]],
  ["a retry policy that is a number", { retry: 3 }, TypeError, ["retry", "3", "maxAttempts"]],
  [
    "a delay of retries in no unit",
    { retry: { maxAttempts: 2, delay: "soon" } },
    TypeError,
    ["retry.delay", '"soon"', "seconds"],
  ],
  [
    "a negative delay of retries",
    { retry: { maxAttempts: 2, delay: -1 } },
    RangeError,
    ["retry.delay", "-1", "0 or more"],
  ],
  [
    "a negative maxDelay",
    { retry: { maxAttempts: 2, maxDelay: "-1 seconds" } },
    RangeError,
    ["maxDelay", "-1 seconds"],
  ],
  [
    "an unknown backoff",
    { retry: { maxAttempts: 2, backoff: "cubic" } },
    RangeError,
    ["backoff", '"cubic"', "exponential"],
  ],
  ["an unknown jitter", { retry: { maxAttempts: 2, jitter: "some" } }, RangeError, ["jitter", '"some"', "full"]],
  ["a `when` that is no function", { retry: { maxAttempts: 2, when: true } }, TypeError, ["when", "true", "function"]],
  [
    "soft as long as hard",
    { timeout: { soft: "2 seconds", hard: 2000 } },
    RangeError,
    ["soft", "hard", "2 seconds", "2000"],
  ],
  ["soft longer than hard", { timeout: { soft: 3000, hard: "2 seconds" } }, RangeError, ["soft", "3000", "shorter"]],
  ["a timeout that is a number", { timeout: 5000 }, TypeError, ["timeout", "5000", "soft"]],
  ["a timeout in no unit", { timeout: { hard: "5 parsecs" } }, TypeError, ["timeout.hard", '"5 parsecs"', "seconds"]],
  ["a deadline that is no instant", { deadline: new Date("never") }, RangeError, ["deadline", /invalid/i]],
  ["an expiry that is a flag", { expires: true }, TypeError, ["expires", "true"]],
  ["a delay that is no duration", { delay: "" }, TypeError, ["delay", '""', "seconds"]],
  ["a negative delay", { delay: "-5 minutes" }, RangeError, ["delay", "-5 minutes", "0 or more"]],
  ["a negative grace period", { grace: -1 }, RangeError, ["grace", "-1", "0 or more"]],
  ["no concurrency", { concurrency: 0 }, RangeError, ["concurrency", "0", "1 or more"]],
  ["half a concurrency", { concurrency: 2.5 }, RangeError, ["concurrency", "2.5", "whole"]],
  [
    "a rate limit of nothing",
    { rateLimit: { limit: 0, per: 1000 } },
    RangeError,
    ["rateLimit.limit", "0", "1 or more"],
  ],
  ["a rate limit in no time", { rateLimit: { limit: 1, per: 0 } }, RangeError, ["rateLimit.per", "0", "more than 0"]],
  ["a rate limit that is a number", { rateLimit: 5 }, TypeError, ["rateLimit", "5", "limit"]],
  ["a burst of nothing", { rateLimit: { limit: 1, per: 1000, burst: 0 } }, RangeError, ["burst", "0", "1 or more"]],
  ["a tag that is no text", { tags: ["a", 7] }, TypeError, ["tags", "7", "text"]],
  ["one tag instead of a list", { tags: "a" }, TypeError, ["tags", '"a"', "array"]],
  ["an empty channel", { publish: "" }, TypeError, ["publish", '""']],
  ["a visibility that is no flag", { visible: "no" }, TypeError, ["visible", '"no"', "true or false"]],
  ["a queue in a circle", { queue: circle }, TypeError, ["queue", "text"]],
  ["tags that are no text but count", { tags: [{ count: 1n }] }, TypeError, ["tags", "array"]],
  ["a value that cannot be looked at", { publish: unreadable }, TypeError, ["publish", "object"]],
]

describe.each(badSettings)("%s is refused", (_title, bad, refusal, named) => {
  const settings = bad as TaskSettings

  it("by defineTask", async () => {
    expect(
      await refusalOf(() => defineTask({ name: "bad", module: import.meta.url, ...settings, run: () => 1 }), named),
    ).toEqual(refused(refusal))
  })

  it("by `with`, of a definition and of a call", async () => {
    const good = defineTask({ name: "good", run: () => 1 })
    const { supervisor } = setup()
    expect(await refusalOf(() => good.with(settings), named)).toEqual(refused(refusal))
    expect(await refusalOf(() => supervisor.run(good().with(settings)), named)).toEqual(refused(refusal))
  })

  it("by run, which submits nothing then", async () => {
    const { supervisor, clock } = setup()
    expect(await refusalOf(() => supervisor.addCoroutine(() => 1, [], settings), named)).toEqual(refused(refusal))
    await clock.settle()
    expect(supervisor.getSnapshot()).toMatchObject({ tasks: [], counts: { pending: 0, completed: 0 } })
    expect(await supervisor.settled()).toBe(true)
  })

  it("as a supervisor's default", async () => {
    expect(await refusalOf(() => createSupervisor({ defaults: settings }), named)).toEqual(refused(refusal))
  })
})

describe("settings that do not fit each other", () => {
  it("are refused where they meet", async () => {
    const { supervisor } = setup({ defaults: { timeout: { soft: "5 seconds" } } })
    const patient = defineTask({ name: "patient", timeout: { soft: "5 seconds" }, run: () => 1 })
    expect(() => patient.with({ timeout: { hard: "1 second" } })).not.toThrow()
    expect(
      await refusalOf(
        () => supervisor.addCoroutine(() => 1, [], { timeout: { soft: "2 seconds", hard: "1 second" } }),
        ["soft", "hard"],
      ),
    ).toEqual(refused(RangeError))
  })
})

describe("a supervisor cannot be made with", () => {
  const bad: readonly (readonly [string, unknown, Refusal, readonly (string | RegExp)[]])[] = [
    ["options that are no object", 5, TypeError, ["5", "object"]],
    ["no slots", { concurrency: { thread: 0 } }, RangeError, ["concurrency.thread", "0", "1 or more"]],
    ["half a slot", { concurrency: { coroutine: 1.5 } }, RangeError, ["concurrency.coroutine", "1.5"]],
    ["slots of an executor that is not there", { concurrency: { gpu: 1 } }, RangeError, ['"gpu"', "coroutine"]],
    ["a queue without room", { queues: { slow: { concurrency: 0 } } }, RangeError, ["slow", "0", "1 or more"]],
    [
      "a queue with a rate of nothing",
      { queues: { slow: { rateLimit: { limit: 0, per: 1 } } } },
      RangeError,
      ["slow", "0"],
    ],
    ["a queue that is a number", { queues: { slow: 3 } }, TypeError, ["slow", "3", "concurrency"]],
    ["slots that are one number", { concurrency: 4 }, TypeError, ["concurrency", "4", "object"]],
    ["queues that are null", { queues: null }, TypeError, ["queues", "null", "object"]],
    ["defaults that are null", { defaults: null }, TypeError, ["null", "object"]],
    ["an executor that is null", { executors: [null] }, TypeError, ["executors", "null"]],
    ["a negative history", { history: -1 }, RangeError, ["history", "-1", "0 or more"]],
    ["a history in words", { history: "all" }, RangeError, ["history", "all", "0 or more"]],
    ["a dispatch that is no function", { dispatch: true }, TypeError, ["dispatch", "true", "function"]],
    ["a warn that is no function", { warn: "console" }, TypeError, ["warn", "console", "function"]],
    ["an observer that is none", { inspect: {} }, TypeError, ["inspect", "function or an observer"]],
    ["an observer that is nothing", { inspect: null }, TypeError, ["inspect", "null"]],
    ["a random that is no function", { random: 0.5 }, TypeError, ["random", "0.5", "function"]],
    ["a clock that is none", { clock: Date }, TypeError, ["clock", "setTimeout"]],
    ["executors that are no list", { executors: "thread" }, TypeError, ["executors", "thread"]],
    ["an executor that is none", { executors: [{}] }, TypeError, ["executors", "name"]],
    ["a store that is none", { store: {} }, TypeError, ["store", "sqliteStore", "{}"]],
    ["an engine, which is not supported yet", { engine: {} }, TypeError, ["engine", "not supported"]],
  ]

  it.each(bad)("%s", async (_title, options, refusal, named) => {
    expect(await refusalOf(() => createSupervisor(options as SupervisorOptions), named)).toEqual(refused(refusal))
  })
})

describe("a task cannot be defined", () => {
  const run = (): number => 1
  const bad: readonly (readonly [string, object, Refusal, readonly (string | RegExp)[]])[] = [
    ["without a name", { run }, TypeError, ["name", "undefined"]],
    ["with a name that is a big number", { name: 7n, run }, TypeError, ["name", "7"]],
    ["with an empty name", { name: " ", run }, TypeError, ["name", '" "']],
    ["with a name that is no text", { name: 7, run }, TypeError, ["name", "7"]],
    ["without a body", { name: "bodiless" }, TypeError, ["bodiless", "run", "function"]],
    ["with a body that is no function", { name: "bodiless", run: 5 }, TypeError, ["bodiless", "run", "function"]],
    [
      "with an input that is no schema",
      { name: "unchecked", run, input: {} },
      TypeError,
      ["unchecked", "input", "Standard Schema"],
    ],
    [
      "with an output that is no schema",
      { name: "unchecked", run, output: 7 },
      TypeError,
      ["unchecked", "output", "Standard Schema"],
    ],
    [
      "with a module that is none",
      { name: "lost", run, module: "./lost.ts" },
      TypeError,
      ["module", "lost.ts", "import.meta.url"],
    ],
  ]

  it.each(bad)("%s", async (_title, options, refusal, named) => {
    expect(await refusalOf(() => defineTask(options as never), named)).toEqual(refused(refusal))
  })

  it("from nothing", async () => {
    expect(await refusalOf(() => defineTask(undefined as never), ["define a task", "options", "undefined"])).toEqual(
      refused(TypeError),
    )
  })
})

describe("a run is refused", () => {
  const echo = defineTask({ name: "echo", run: (_ctx, text: string) => text })
  const homeless = defineTask({ name: "homeless", run: () => 1 })
  type Supervisor = ReturnType<typeof setup>["supervisor"]
  const bad: readonly (readonly [
    string,
    (supervisor: Supervisor) => unknown,
    Refusal,
    readonly (string | RegExp)[],
  ])[] = [
    ["of a definition instead of a call", (s) => s.run(echo as never), TypeError, ["echo", "definition", "arguments"]],
    ["of nothing", (s) => s.run(undefined as never), TypeError, ["undefined", "defineTask"]],
    ["of a call without settings", (s) => s.run({ taskName: "echo", args: [] } as never), TypeError, ["echo", "call"]],
    ["of a function", (s) => s.run((() => 1) as never), TypeError, ["function", /definition|call/]],
    [
      "of a task that nobody has defined",
      (s) => s.run({ taskName: "nobody", args: [], settings: {} } as never),
      TypeError,
      ["nobody", "import"],
    ],
    ["on an executor that is not there", (s) => s.run(echo("a"), { executor: "gpu" }), TypeError, ["gpu", "coroutine"]],
    [
      "in a thread without a module",
      (s) => s.runThread(homeless, []),
      TypeError,
      ["homeless", "module", "import.meta.url"],
    ],
    [
      "in a process without a module",
      (s) => s.runProcess(homeless, []),
      TypeError,
      ["homeless", "module", "import.meta.url"],
    ],
    [
      "in a thread by its setting, without a module",
      (s) => s.run(homeless(), { executor: "thread" }),
      TypeError,
      ["homeless", "module", "import.meta.url"],
    ],
    ["of a coroutine that is no function", (s) => s.addCoroutine(5 as never, []), TypeError, ["5", "function"]],
    ["with arguments that are no list", (s) => s.addCoroutine(() => 1, "abc" as never), TypeError, ["abc", "array"]],
    [
      "in a thread with arguments that are no list",
      (s) => s.runThread(homeless, 5 as never),
      TypeError,
      ["5", "array"],
    ],
    [
      "in a thread of no definition",
      (s) => s.runThread("homeless" as never, []),
      TypeError,
      ["homeless", "defineTask"],
    ],
    ["with options that are no object", (s) => s.run(echo("a"), "now" as never), TypeError, ["now", "object"]],
    [
      "with a key that is an object",
      (s) => s.run(echo("a"), { key: { a: 1 } as never }),
      TypeError,
      ["key", '{"a":1}'],
    ],
    ["with a key that is no number", (s) => s.run(echo("a"), { key: Number.NaN }), TypeError, ["key"]],
    ["with a key of lists", (s) => s.run(echo("a"), { key: [["a"]] as never }), TypeError, ["key", '[["a"]]']],
    ["with a key that is null", (s) => s.run(echo("a"), { key: null as never }), TypeError, ["key", "null"]],
    ["with a key in a circle", (s) => s.run(echo("a"), { key: circle as never }), TypeError, ["key", "text"]],
    [
      "with half a channel that is no text",
      (s) => s.run(echo("a"), { publish: "a", publishId: Symbol("b") as never }),
      TypeError,
      ["publishId", "Symbol(b)", "text"],
    ],
    [
      "with an unknown policy",
      (s) => s.run(echo("a"), { onConflict: "merge" as never }),
      RangeError,
      ["onConflict", "merge", "replace, reject, join, queue"],
    ],
    [
      "with a whenDone that is no function",
      (s) => s.run(echo("a"), { whenDone: 7 as never }),
      TypeError,
      ["whenDone", "7", "function"],
    ],
    [
      "with a whenEvent that is no function",
      (s) => s.run(echo("a"), { whenEvent: {} as never }),
      TypeError,
      ["whenEvent", "function"],
    ],
  ]

  it.each(bad)("%s, and nothing is submitted", async (_title, call, refusal, named) => {
    const { supervisor, clock } = setup()
    expect(await refusalOf(() => call(supervisor), named)).toEqual(refused(refusal))
    await clock.settle()
    expect(await supervisor.settled()).toBe(true)
    expect(supervisor.getSnapshot().counts).toEqual({ pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 })
  })
})

describe("a call on a supervisor or a handle is refused", () => {
  type Setup = ReturnType<typeof setup>
  type Handle = ReturnType<Setup["supervisor"]["addCoroutine"]>
  const bad: readonly (readonly [
    string,
    (supervisor: Setup["supervisor"], handle: Handle) => unknown,
    Refusal,
    readonly (string | RegExp)[],
  ])[] = [
    [
      "result with a timeout in no unit",
      (_, h) => h.result({ timeout: "soon" as never }),
      TypeError,
      ["soon", "seconds"],
    ],
    ["result with a negative timeout", (_, h) => h.result({ timeout: -1 }), RangeError, ["-1", "0 or more"]],
    ["on with a listener that is no function", (_, h) => h.on("e" as never, 5 as never), TypeError, ["5", "function"]],
    [
      "subscribe with a listener that is no function",
      (_, h) => h.subscribe(undefined as never),
      TypeError,
      ["undefined", "function"],
    ],
    ["subscribe of the supervisor likewise", (s) => s.subscribe(7 as never), TypeError, ["7", "function"]],
    ["tasksUpdated likewise", (s) => s.tasksUpdated.connect(7 as never), TypeError, ["7", "function"]],
    ["onFact likewise", (s) => s.onFact("log" as never), TypeError, ["log", "function"]],
    ["cancel by nothing", (s) => s.cancel(undefined as never), TypeError, ["undefined", "tag"]],
    ["cancel by an empty selector, which would mean all", (s) => s.cancel({}), TypeError, ["{}", "tag", "shutdown"]],
    ["cancel for a reason that is no text", (_, h) => h.cancel(new Error("no") as never), TypeError, ["reason"]],
    ["cancel by a circle", (s) => s.cancel(circle), TypeError, ["tag", "shutdown"]],
    ["cancel by a key that is none", (s) => s.cancel({ key: {} as never }), TypeError, ["key", "{}"]],
    [
      "cancel by an unknown status",
      (s) => s.cancel({ status: "done" as never }),
      RangeError,
      ["status", "done", "running"],
    ],
    ["cancelTask by a key that is none", (s) => s.cancelTask({} as never), TypeError, ["key", "{}"]],
    ["find by a key that is none", (s) => s.find(undefined as never), TypeError, ["key", "undefined"]],
    ["settled with a timeout in no unit", (s) => s.settled({ timeout: "5" as never }), TypeError, ['"5"', "seconds"]],
    ["shutdown with a drain in no unit", (s) => s.shutdown({ drain: "a bit" as never }), TypeError, ["drain", "a bit"]],
    ["shutdown with a negative grace", (s) => s.shutdown({ grace: -5 }), RangeError, ["grace", "-5"]],
  ]

  it.each(bad)("%s", async (_title, call, refusal, named) => {
    const { supervisor, clock } = setup()
    const handle = supervisor.addCoroutine(untilAborted, [])
    await clock.settle()
    expect(await refusalOf(() => call(supervisor, handle), named)).toEqual(refused(refusal))
    expect(handle.snapshot.status).toBe("running")
    expect(supervisor.getSnapshot().state).toBe("open")
  })
})

describe("a call on a context is refused", () => {
  const child = defineTask({ name: "misused-child", run: () => 1 })
  const bad: readonly (readonly [string, (ctx: TaskContext) => unknown, Refusal, readonly (string | RegExp)[]])[] = [
    ["subContext beyond the whole", (ctx) => ctx.subContext({ range: 2 }), RangeError, ["range", "2", "0 and 1"]],
    [
      "subContext before the beginning",
      (ctx) => ctx.subContext({ base: -0.5, range: 0.5 }),
      RangeError,
      ["base", "-0.5"],
    ],
    ["subContext without a range", (ctx) => ctx.subContext({} as never), RangeError, ["range", "undefined"]],
    ["onCancel of no function", (ctx) => ctx.onCancel(5 as never), TypeError, ["5", "function"]],
    [
      "retry after no duration",
      (ctx) => ctx.retry({ after: "later" as never }),
      TypeError,
      ["after", "later", "seconds"],
    ],
    [
      "sendEventAndWait for no duration",
      (ctx) => ctx.sendEventAndWait("e", 1, { timeout: "x" as never }),
      TypeError,
      ["x", "seconds"],
    ],
    ["sendEvent without a name", (ctx) => ctx.sendEvent(undefined as never, 1), TypeError, ["name", "undefined"]],
    ["sendEvent with an empty name", (ctx) => ctx.sendEvent("", 1), TypeError, ["name", '""']],
    ["run of a definition", (ctx) => ctx.run(child as never), TypeError, ["misused-child", "definition", "arguments"]],
    [
      "run with a negative weight",
      (ctx) => ctx.run(child(), { weight: -1 }),
      RangeError,
      ["weight", "-1", "0 or more"],
    ],
    [
      "run with a weight that is no number",
      (ctx) => ctx.run(child(), { weight: Number.NaN }),
      RangeError,
      ["weight", "NaN"],
    ],
    [
      "run in a thread without a module",
      (ctx) => ctx.run(child(), { executor: "thread" }),
      TypeError,
      ["misused-child", "module"],
    ],
  ]

  it.each(bad)("%s: the body sees it", async (_title, call, refusal, named) => {
    const { supervisor, clock } = setup()
    const task = supervisor.addCoroutine((ctx) => thrownBy(() => call(ctx)), [])
    await clock.settle()
    const error = await task.result()
    expect(await refusalOf(() => Promise.reject(error as Error), named)).toEqual(refused(refusal))
  })
})
