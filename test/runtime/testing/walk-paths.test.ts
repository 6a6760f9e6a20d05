import { chain, defineTask, fromTask, map, type Supervisor } from "tasktor"
import { type Walk, walkPaths } from "tasktor/testing"
import { describe, expect, it } from "vitest"
import { assign, createActor, setup } from "xstate"

const find = defineTask({ name: "find", run: async (_ctx, name: string) => `${name}.png` })
const resize = defineTask({ name: "resize", run: async (_ctx, file: string) => file })

/** A machine that finds a file, and then makes it small; the user may skip that. */
function shop(supervisor: Supervisor) {
  return setup({
    types: { context: {} as { file: string }, events: {} as { type: "skip" } | { type: "done" } },
    actors: { find: fromTask(supervisor, find), resize: fromTask(supervisor, resize) },
  }).createMachine({
    context: { file: "" },
    initial: "finding",
    states: {
      finding: {
        invoke: {
          src: "find",
          input: ["cat"],
          onDone: { target: "making.small", actions: assign({ file: ({ event }) => event.output }) },
          onError: "lost",
        },
      },
      making: {
        initial: "small",
        on: { skip: "shown" },
        states: {
          small: {
            invoke: {
              src: "resize",
              input: ({ context }) => [context.file] as const,
              onDone: "#(machine).shown",
              onError: "given",
            },
          },
          given: { after: { 5000: "#(machine).lost" } },
        },
      },
      shown: { type: "final" },
      lost: { type: "final" },
    },
  })
}

const text = (paths: Awaited<ReturnType<typeof walkPaths>>): readonly string[] =>
  paths.map(
    ({ steps, state, ending, alive }) =>
      `${steps.join(", ")} → ${state} ${ending}${alive === 0 ? "" : ` ${alive} alive`}`,
  )

/** A machine around one task, in the state "on"; "off" comes back to it. */
const around = (on: (time: number) => object): Walk => {
  let times = 0
  return {
    begin: ({ supervisor, clock }) => {
      const machine = setup({ actors: { find: fromTask(supervisor, find) } }).createMachine({
        initial: "on",
        states: { on: on(++times), off: { after: { 1000: "on" } } },
      })
      return createActor(machine, { clock }).start()
    },
  }
}

describe("walking a machine that invokes tasks", () => {
  it("goes every way: each task completes, fails and is cancelled, and time passes", async () => {
    const paths = await walkPaths({
      begin: ({ supervisor, clock }) => createActor(shop(supervisor), { clock }).start(),
      outputs: { find: (name: string) => `found ${name}` },
    })
    expect(text(paths)).toEqual([
      "find completes, resize completes → shown ends",
      "find completes, resize fails, time passes → lost ends",
      "find completes, resize is cancelled, time passes → lost ends",
      "find fails → lost ends",
      "find is cancelled → lost ends",
    ])
    expect(paths[0]?.snapshot.context).toEqual({ file: "found cat" })
  })

  it("tries the machine's own events where it takes them: leaving a state leaves no task alive", async () => {
    const paths = await walkPaths({
      begin: ({ supervisor, clock }) => createActor(shop(supervisor), { clock }).start(),
      events: [{ type: "skip" }, { type: "unheard of" }],
    })
    expect(text(paths).filter((path) => path.includes("skip"))).toEqual([
      "find completes, resize fails, event skip → shown ends",
      "find completes, resize is cancelled, event skip → shown ends",
      "find completes, event skip → shown ends",
    ])
    expect(paths.map(({ alive }) => alive)).toEqual(paths.map(() => 0))
  })

  it("ends a path that comes back to where it was, and one that goes round in one state", async () => {
    const back = await walkPaths(
      around(() => ({ invoke: { src: "find", input: ["x"], onDone: "off", onError: "off" } })),
    )
    expect(text(back)).toEqual([
      "find completes, time passes → on repeats 1 alive",
      "find fails, time passes → on repeats 1 alive",
      "find is cancelled, time passes → on repeats 1 alive",
    ])
    const again = { target: "on", reenter: true }
    const round = await walkPaths(
      around(() => ({ invoke: { src: "find", input: ["x"], onDone: again, onError: undefined } })),
    )
    expect(round[0]).toMatchObject({ ending: "repeats", steps: { length: 50 } })
  })

  it("says when nothing more happens, and when a machine breaks", async () => {
    expect(text(await walkPaths(around(() => ({}))))).toEqual([" → on waits"])
    const broken = await walkPaths(around(() => ({ invoke: { src: "find", input: ["x"], onDone: "off" } })))
    expect(text(broken)).toContain("find fails → on ends")
    expect(broken.find(({ steps }) => steps[0] === "find fails")?.snapshot.status).toBe("error")
  })

  it("says what it left alive", async () => {
    const paths = await walkPaths({
      begin: ({ supervisor }) => {
        supervisor.run(find("forgotten"))
        return createActor(setup({}).createMachine({ type: "final", output: 1 })).start()
      },
    })
    expect(text(paths)).toEqual([" →  ends 1 alive"])
  })
})

describe("walking a task that runs others", () => {
  const album = defineTask({
    name: "album",
    run: async (ctx, ...names: readonly string[]) => {
      const children = names.map((name) => ctx.run(find(name)))
      return Promise.all(children.map((child) => child.result()))
    },
  })

  it("goes every way, the cancel of the whole included", async () => {
    const paths = await walkPaths({
      begin: ({ supervisor }) => supervisor.run(album("a")),
      real: ["album"],
      outputs: { find: 1 },
    })
    expect(text(paths)).toEqual([
      "find completes → completed ends",
      "find fails → failed ends",
      "find is cancelled → failed ends",
      "album is cancelled → cancelled ends",
    ])
    expect(paths[0]?.snapshot.output).toEqual({ status: "completed", output: [1] })
  })

  it("takes those that run side by side in every order, and retries when their time has come", async () => {
    const both = await walkPaths({ begin: ({ supervisor }) => supervisor.run(album("a", "b")), real: ["album"] })
    expect(text(both)).toContain("find 2 completes, find completes → completed ends")
    expect(text(both)).toContain("find completes, album is cancelled → cancelled ends")
    const retried = await walkPaths({
      begin: ({ supervisor }) => supervisor.run(find("a").with({ retry: { maxAttempts: 2, delay: "1 hour" } })),
    })
    expect(text(retried)).toEqual([
      "find completes → completed ends",
      "find fails, time passes, find completes → completed ends",
      "find fails, time passes, find fails → failed ends",
      "find fails, time passes, find is cancelled → cancelled ends",
      "find is cancelled → cancelled ends",
    ])
  })

  it("refuses to walk for ever, and to walk what is not the same each time", async () => {
    const begin: Walk["begin"] = ({ supervisor }) => supervisor.run(album("a", "b", "c", "d"))
    await expect(walkPaths({ begin, real: ["album"], maxPaths: 20 })).rejects.toThrow(
      'Cannot walk every path: there are more than 20; give walkPaths less to choose from, order "oldest", or a higher maxPaths',
    )
    const events = [{ type: "skip" }]
    const changing = around((time) => ({
      invoke: { src: "find", input: ["x"], onDone: "off", onError: "off" },
      on: time === 1 ? { skip: "off" } : {},
    }))
    await expect(walkPaths({ ...changing, events })).rejects.toThrow(
      'there was more to choose from; let "begin" depend on',
    )
  })
})

describe("walking a pipeline", () => {
  const make = defineTask({ name: "make", run: async (_ctx, _input?: unknown) => 1 })

  it("goes every way: at each step it completes, fails and is cancelled, and the whole is", async () => {
    const paths = await walkPaths({ begin: chain(find("a"), resize, make), outputs: { find: "a.png", make: 7 } })
    expect(text(paths)).toEqual([
      "find completes, resize completes, make completes → completed ends",
      "find completes, resize completes, make fails → failed ends",
      "find completes, resize completes, make is cancelled → failed ends",
      "find completes, resize completes, chain is cancelled → cancelled ends",
      "find completes, resize fails → failed ends",
      "find completes, resize is cancelled → failed ends",
      "find completes, chain is cancelled → cancelled ends",
      "find fails → failed ends",
      "find is cancelled → failed ends",
      "chain is cancelled → cancelled ends",
    ])
    expect(paths.map(({ stoppedAt }) => stoppedAt)).toEqual([
      undefined,
      ...["make", "make", "make", "resize", "resize", "resize", "find", "find", "find"],
    ])
    expect(paths[0]?.snapshot.output).toEqual({ status: "completed", output: 7 })
    expect(paths[4]?.outcomes.map(({ task, outcome }) => `${task} ${outcome.status}`)).toEqual([
      "find completed",
      "resize failed",
      "make cancelled",
      "chain failed",
    ])
  })

  it("numbers the tasks of one name, each as long as it lives", async () => {
    const paths = await walkPaths({ begin: map(make, [1, 2]), order: "oldest" })
    expect(text(paths)).toEqual([
      "make completes, make 2 completes → completed ends",
      "make completes, make 2 fails → failed ends",
      "make completes, make 2 is cancelled → failed ends",
      "make completes, map is cancelled → cancelled ends",
      "make fails → failed ends",
      "make is cancelled → failed ends",
      "map is cancelled → cancelled ends",
    ])
  })

  it("begins it again where it is retried as a whole", async () => {
    const retried = chain(find("a"), make).with({ retry: { maxAttempts: 2, delay: "1 minute" } })
    const paths = text(await walkPaths({ begin: retried }))
    expect(paths).toContain(
      "find completes, make fails, time passes, find 2 completes, make 2 completes → completed ends",
    )
    expect(paths).toContain("find fails, time passes, find 2 fails → failed ends")
    expect(paths.filter((path) => path.includes("repeats"))).toEqual([])
  })

  it("of many steps is walked in the one order, to its end", async () => {
    const items = Array.from({ length: 60 }, (_, n) => n)
    const paths = await walkPaths({ begin: map(make, items), order: "oldest" })
    expect(paths).toHaveLength(3 * 60 + 1)
    expect(paths[0]).toMatchObject({ state: "completed", ending: "ends" })
  })

  it("may be led by a machine of one's own, whose states cancel it by being left", async () => {
    const paths = await walkPaths({
      begin: ({ supervisor, clock }) => {
        const album = fromTask(supervisor, chain(find("a"), make))
        const machine = setup({ actors: { album } }).createMachine({
          initial: "making",
          states: {
            making: { invoke: { src: "album", onDone: "made", onError: "broken" }, on: { leave: "left" } },
            made: { type: "final" },
            broken: { type: "final" },
            left: { type: "final" },
          },
        })
        return createActor(machine, { clock }).start()
      },
      events: [{ type: "leave" }],
    })
    expect(text(paths)).toEqual([
      "find completes, make completes → made ends",
      "find completes, make fails → broken ends",
      "find completes, make is cancelled → broken ends",
      "find completes, event leave → left ends",
      "find fails → broken ends",
      "find is cancelled → broken ends",
      "event leave → left ends",
    ])
  })
})
