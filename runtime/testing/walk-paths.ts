import type { AnyActorRef, EventObject } from "xstate"
import { makeSupervisor } from "../supervisor/create-supervisor.ts"
import type { Supervisor } from "../supervisor/supervisor.ts"
import type { TaskHandle } from "../task/handle.ts"
import type { ScriptedAttempt } from "./scripted-attempt.ts"
import { type ScriptedBodies, scriptedBodies } from "./scripted-bodies.ts"
import { type SimulatedClock, simulatedClock } from "./simulated-clock.ts"

/** What is walked, and with what. */
export interface Walk {
  /** Begins it, anew for each path: a started actor of your machine, or the handle of a task that runs others. */
  readonly begin: (world: {
    readonly supervisor: Supervisor
    readonly clock: SimulatedClock
  }) => AnyActorRef | TaskHandle
  /** What each task completes with, by its name: a value, or a function of its arguments. Default: undefined. */
  readonly outputs?: Readonly<Record<string, unknown>>
  /** Names of tasks whose own bodies run: those that run others. The test plays the rest. */
  readonly real?: readonly string[]
  /** Your machine's own events, each of them tried wherever the machine takes it. */
  readonly events?: readonly EventObject[]
  /** More of them are an error. Default 1000: tasks that run side by side can end in many orders. */
  readonly maxPaths?: number
}

/** One way that it can go. */
export interface WalkedPath {
  /** What happened: `resize completes`, `resize fails`, `resize is cancelled`, `event skip`, `time passes`. */
  readonly steps: readonly string[]
  /** The statechart's state at the end, with dots: `working.resizing`. */
  readonly state: string
  /** The actor's last snapshot. */
  readonly snapshot: ReturnType<AnyActorRef["getSnapshot"]>
  /**
   * - `ends`: its actor has.
   * - `waits`: nothing runs, no event is taken, and a day changes nothing.
   * - `repeats`: it has been here before on this path, or goes round for more than 50 steps.
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
        `Cannot walk every path: there are more than ${maxPaths}; give walkPaths less to choose from, or a higher maxPaths`,
      )
    }
  }
  return paths
}

/** Something that can happen now. */
interface Choice {
  readonly step: string
  take(): void
}

/** A path that is being walked. */
interface World {
  readonly clock: SimulatedClock
  readonly bodies: ScriptedBodies
  readonly supervisor: Supervisor
  readonly actor: AnyActorRef
  /** Where a task is walked. */
  readonly handle: TaskHandle | undefined
}

/** Takes the choices that are given, then the first of each; tells which others there were from then on, those to be walked next last. */
async function walkOne(
  walk: Walk,
  given: readonly number[],
): Promise<{ readonly path: WalkedPath; readonly others: readonly (readonly number[])[] }> {
  const world = await beginWorld(walk)
  const { actor, clock, supervisor } = world
  const steps: string[] = []
  const taken: number[] = []
  const others: (readonly number[])[] = []
  const places = new Places()
  let ending: WalkedPath["ending"] | undefined
  while (ending === undefined) {
    const choices = choicesOf(walk, world)
    if (actor.getSnapshot().status !== "active") ending = "ends"
    else if (steps.length >= mostSteps || places.isBack(world)) ending = "repeats"
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
  const { inspect } = supervisor
  const alive = inspect.active().length + inspect.reserved().length + inspect.scheduled().length
  const stopped = supervisor.shutdown({ grace: 0 })
  await clock.advance(0)
  await stopped
  return { path: { steps, state: stateText(snapshot.value), snapshot, ending, alive }, others }
}

async function beginWorld(walk: Walk): Promise<World> {
  const clock = simulatedClock()
  const bodies = scriptedBodies({ real: walk.real ?? [] })
  const supervisor = makeSupervisor(bodies.executors, { clock })
  const begun = walk.begin({ supervisor, clock })
  const handle = "actor" in begun ? begun : undefined
  const actor: AnyActorRef = "actor" in begun ? begun.actor : begun
  // An actor that ends with an error which nobody hears would end the program.
  actor.subscribe({ error: () => {} })
  await clock.settle()
  return { clock, bodies, supervisor, actor, handle }
}

/** A machine may go round without coming to another state, by entering its state again. */
const mostSteps = 50

/** The longest time that anything waits for by itself. */
const patienceMs = 24 * 3600 * 1000

/** Lets time go by until something changes; false when nothing does. */
async function passTime(world: World): Promise<boolean> {
  const before = placeOf(world)
  for (let ms = 1000; ms <= patienceMs; ms *= 2) {
    await world.clock.advance(ms)
    if (placeOf(world) !== before) return true
  }
  return false
}

/** Where a machine has been on its path. As long as it stays in a state, what runs there is on its way, and is not back. */
class Places {
  readonly #seen = new Set<string>()
  #state: string | undefined

  isBack(world: World): boolean {
    const state = stateText(world.actor.getSnapshot().value)
    if (state === this.#state) return false
    this.#state = state
    const place = placeOf(world)
    if (this.#seen.has(place)) return true
    this.#seen.add(place)
    return false
  }
}

/** The state, and which tasks run, as far as what may happen next depends on them. */
function placeOf({ actor, bodies }: World): string {
  const { status, value } = actor.getSnapshot() as { readonly status: string; readonly value?: unknown }
  return JSON.stringify([status, value, bodies.running.map(({ name, attempt }) => [name, attempt])])
}

function choicesOf(walk: Walk, { actor, bodies, handle, supervisor }: World): readonly Choice[] {
  const snapshot = actor.getSnapshot() as { readonly can?: (event: EventObject) => boolean }
  const events = (walk.events ?? []).filter((event) => snapshot.can?.(event) === true)
  const choices = bodies.running.flatMap((attempt): readonly Choice[] => {
    const label = labelOf(attempt, bodies.running)
    const cancel = { step: `${label} is cancelled`, take: () => void supervisor.cancel(attempt.id) }
    return [
      { step: `${label} completes`, take: () => attempt.complete(outputOf(walk, attempt)) },
      { step: `${label} fails`, take: () => attempt.fail(new Error(`${label} fails`)) },
      ...(attempt.id === handle?.id ? [] : [cancel]),
    ]
  })
  const whole = handle?.snapshot.cancelRequested === false && choices.length > 0 ? [handle] : []
  return [
    ...choices,
    ...whole.map((task) => ({ step: `${task.snapshot.name} is cancelled`, take: () => void task.cancel() })),
    ...events.map((event) => ({ step: `event ${event.type}`, take: () => actor.send(event) })),
  ]
}

function outputOf({ outputs }: Walk, { name, args }: ScriptedAttempt): unknown {
  const output = outputs?.[name]
  return typeof output === "function" ? (output as (...args: readonly unknown[]) => unknown)(...args) : output
}

/** The task's name; with a number where several of that name run. */
function labelOf(attempt: ScriptedAttempt, running: readonly ScriptedAttempt[]): string {
  const same = running.filter(({ name }) => name === attempt.name)
  return same.length === 1 ? attempt.name : `${attempt.name} ${same.indexOf(attempt) + 1}`
}

function stateText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value)
  const parts = Object.entries(value).map(([outer, inner]) =>
    stateText(inner) === "" ? outer : `${outer}.${stateText(inner)}`,
  )
  return parts.join(" and ")
}
