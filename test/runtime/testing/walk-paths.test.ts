import { defineTask, fromTask, type Supervisor } from "tasktor"
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
    expect(text(both)).toContain("find 1 completes, album is cancelled → cancelled ends")
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
      "Cannot walk every path: there are more than 20; give walkPaths less to choose from, or a higher maxPaths",
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
