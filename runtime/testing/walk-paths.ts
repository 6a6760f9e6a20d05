import type { AnyActorRef, EventObject } from "xstate"
import type { Outcome } from "../../machines/task/outcome.ts"
import type { TaskCall } from "../definition/definition.ts"
import type { Supervisor } from "../supervisor/supervisor.ts"
import type { TaskHandle } from "../task/handle.ts"
import type { SimulatedClock } from "./simulated-clock.ts"
import { stateText, WalkWorld } from "./walk-world.ts"

/** What is walked, and with what. */
export interface Walk {
  /** A pipeline, or another call. Or what begins it, anew for each path: a started actor of your machine, or the handle of a task. */
  readonly begin:
    | TaskCall<unknown>
    | ((world: { readonly supervisor: Supervisor; readonly clock: SimulatedClock }) => AnyActorRef | TaskHandle)
  /** What each task completes with, by its name: a value, or a function of its arguments. Default: undefined. */
  readonly outputs?: Readonly<Record<string, unknown>>
  /** Names of tasks whose own bodies run: those that run others. The test plays the rest. */
  readonly real?: readonly string[]
  /** Your machine's own events, each of them tried wherever the machine takes it. */
  readonly events?: readonly EventObject[]
  /**
   * In which order tasks end that run side by side: `every`, or only the `oldest` first. In the latter case too each of them completes, fails and is
   * cancelled, on far fewer paths. Default "every".
   */
  readonly order?: "every" | "oldest"
  /** More of them are an error. Default 1000: tasks that run side by side can end in many orders. */
  readonly maxPaths?: number
}

/** One way that it can go. */
export interface WalkedPath {
  /** What happened: `resize completes`, `resize 2 fails`, `album is cancelled`, `event skip`, `time passes`. */
  readonly steps: readonly string[]
  /** The statechart's state at the end, with dots: `working.resizing`. */
  readonly state: string
  /** Of a pipeline that did not complete: the path of the state at which it stopped. */
  readonly stoppedAt: string | undefined
  /** How each task ended that did, in that order. The second one of a name on the path is numbered: `resize 2`. */
  readonly outcomes: readonly { readonly task: string; readonly outcome: Outcome<unknown> }[]
  /** The actor's last snapshot. */
  readonly snapshot: ReturnType<AnyActorRef["getSnapshot"]>
  /**
   * - `ends`: its actor has.
   * - `waits`: nothing runs, no event is taken, and a day changes nothing.
   * - `repeats`: it has been here before on this path, or a machine goes round for more than 50 steps.
   */
  readonly ending: "ends" | "waits" | "repeats"
  /** How many tasks lived on when the path ended. */
  readonly alive: number
}

/**
 * Walks every path of a pipeline, or of a machine that invokes tasks: wherever a task runs it completes, fails, or is cancelled, each on a
 * path of its own, and retries and delays go by on a simulated clock. Bodies do not run. Each path begins anew, so `begin` must depend on
 * nothing but what it is given.
 *
 * @throws Error when there are more than `maxPaths`.
 * @example
 * const load = defineTask({ name: "load", run: async (_ctx, file: string) => file })
 * const save = defineTask({ name: "save", run: async (_ctx, text: string) => text.length })
 * for (const { steps, state, stoppedAt } of await walkPaths({ begin: chain(load("a.txt"), save) })) console.log(steps, state, stoppedAt)
 * @example
 * import { createActor, setup } from "xstate"
 *
 * const resize = defineTask({ name: "resize", run: async (_ctx, file: string) => file })
 * const paths = await walkPaths({
 *   begin: ({ supervisor, clock }) => {
 *     const machine = setup({ actors: { resize: fromTask(supervisor, resize) } }).createMachine({
 *       initial: "resizing",
 *       states: {
 *         resizing: { invoke: { src: "resize", input: ["a.png"], onDone: "resized", onError: "broken" } },
 *         resized: { type: "final" },
 *         broken: { type: "final" },
 *       },
 *     })
 *     return createActor(machine, { clock }).start()
 *   },
 *   outputs: { resize: "small.png" },
 * })
 * console.log(paths.map(({ steps, state }) => `${steps.join(", ")}: ${state}`))
 */
export async function walkPaths(walk: Walk): Promise<readonly WalkedPath[]> {
  const { maxPaths = 1000 } = walk
  const paths: WalkedPath[] = []
  // The choices that lead to each path that is still to be walked; the next one last.
  const open: (readonly number[])[] = [[]]
  for (let choices = open.pop(); choices !== undefined; choices = open.pop()) {
    const { path, others } = await walkOne(walk, choices)
    paths.push(path)
    open.push(...others)
    if (paths.length + open.length > maxPaths) {
      throw new Error(
        `Cannot walk every path: there are more than ${maxPaths}; give walkPaths less to choose from, order "oldest", or a higher maxPaths`,
      )
    }
  }
  return paths
}

/** Takes the choices that are given, then the first of each; tells which others there were from then on, those to be walked next last. */
async function walkOne(
  walk: Walk,
  given: readonly number[],
): Promise<{ readonly path: WalkedPath; readonly others: readonly (readonly number[])[] }> {
  const world = new WalkWorld(walk)
  const { actor, clock, supervisor } = world
  await clock.settle()
  const steps: string[] = []
  const taken: number[] = []
  const others: (readonly number[])[] = []
  let ending: WalkedPath["ending"] | undefined
  while (ending === undefined) {
    const { choices } = world
    if (world.isOver) ending = "ends"
    else if (steps.length >= world.mostSteps || world.isBack()) ending = "repeats"
    else if (choices.length === 0) {
      if (await passTime(world)) steps.push("time passes")
      else ending = "waits"
    } else {
      const index = given[taken.length] ?? 0
      if (taken.length >= given.length) {
        for (let other = choices.length - 1; other > 0; other--) others.push([...taken, other])
      }
      taken.push(index)
      const choice = choices[index]
      if (choice === undefined) {
        throw new Error(
          `Cannot walk again after ${steps.join(", ")}: there was more to choose from; let "begin" depend on nothing else`,
        )
      }
      steps.push(choice.step)
      choice.take()
      await clock.settle()
    }
  }
  const snapshot: WalkedPath["snapshot"] = actor.getSnapshot()
  const { alive, stoppedAt, outcomes } = world
  const path = { steps, state: stateText(snapshot.value), snapshot, stoppedAt, outcomes: [...outcomes], ending, alive }
  const stopped = supervisor.shutdown({ grace: 0 })
  await clock.advance(0)
  await stopped
  return { path, others }
}

/** The longest time that anything waits for by itself. */
const patienceMs = 24 * 3600 * 1000

/** Lets time go by until something changes; false when nothing does. */
async function passTime(world: WalkWorld): Promise<boolean> {
  const before = world.place
  for (let ms = 1000; ms <= patienceMs; ms *= 2) {
    await world.clock.advance(ms)
    if (world.place !== before) return true
  }
  return false
}
