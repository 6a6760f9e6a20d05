import type { InspectionEvent } from "xstate"
import type { Supervisor } from "../../runtime/supervisor/supervisor.ts"
import { checkOptions } from "./check-options.ts"
import { Definitions } from "./definitions.ts"
import type { Frame, TaskCounts } from "./frame.ts"
import { FrameStore } from "./frame-store.ts"
import { FrameWriter } from "./frame-writer.ts"
import { frameText } from "./kept-frame.ts"
import { FrameObserver } from "./observer.ts"
import { PlainValue, type Sanitize } from "./plain-value.ts"
import { judgeOf, type TaskPolicy } from "./task-policy.ts"

/** What `recordInspection` is given. All of it may be left out. */
export interface RecorderOptions {
  /** Which tasks are recorded. Default `{ sample: 1000 }`: of each name the first 1000, then one of 1000. */
  readonly tasks?: TaskPolicy
  /**
   * Hides secrets: called with the name and the value of each property of each event, snapshot and machine definition, before it is
   * recorded; what it gives back takes its place. When it throws, the value is left out.
   *
   * @example
   * recordInspection({ sanitize: (name, value) => (/password|token/i.test(name) ? "[hidden]" : value) })
   */
  readonly sanitize?: Sanitize
  /** How many of the latest frames are kept: 1 or more, default 20,000. Older ones are dropped; what lives is known all the same. */
  readonly frames?: number
  /**
   * How much memory the recording may take, in bytes, about: default 32 MiB. What lives and began before the kept frames takes half of it
   * at most: above that it is known by its state alone.
   */
  readonly bytes?: number
  /** Told when the recorder itself stumbles, once. Default: the console. */
  readonly warn?: (message: string, cause?: unknown) => void
}

/** What an inspector attaches to. */
export type Inspectable = Pick<Supervisor, "actor" | "get" | "inspect">

/** Frames of one or several actor systems, the latest of them. */
export interface InspectionRecorder {
  /** XState's inspection observer: for `createSupervisor({ inspect })`, and for `createActor(machine, { inspect })`. It never throws. */
  readonly inspect: (event: InspectionEvent) => void
  /** Begins to record a supervisor that runs already: all that lives, and all that comes. Returns what ends that. */
  attach(supervisor: Inspectable): () => void
  /** How many tasks there were, and how many of them were left out. */
  readonly counts: TaskCounts
  /** About how many bytes the recording takes. */
  readonly bytes: number
  /** The kept frames, oldest first, after an actor frame for each living actor whose own was dropped. */
  frames(): readonly Frame[]
  /** The same as lines of JSON: a recording, which `tasktor inspect` shows. */
  toString(): string
}

const defaultFrames = 20_000
const defaultBytes = 32 * 1024 * 1024
/** Seldom enough that a report which comes 30 times a second is written 10 times, and often enough to look live. */
const flushMs = 100

/**
 * Records what XState's inspection tells, as frames of Stately's inspector. Its cost for a task that the policy leaves out is next to
 * nothing; it keeps no program alive.
 *
 * @throws TypeError or RangeError for an option that cannot be used.
 * @example
 * const recorder = recordInspection({ tasks: "all" })
 * const supervisor = createSupervisor({ inspect: recorder.inspect })
 * await supervisor.addCoroutine(() => 1, []).outcome()
 * console.log(recorder.frames().map(({ type }) => type))
 */
export function recordInspection(options: RecorderOptions = {}): InspectionRecorder {
  return new Recorder(options)
}

export class Recorder implements InspectionRecorder {
  readonly inspect: (event: InspectionEvent) => void
  readonly store: FrameStore
  readonly #observer: FrameObserver
  readonly #writer: FrameWriter
  readonly #readers = new Set<() => void>()
  /** The first frame of which the readers have not been told. */
  #untold = 1
  #timer: ReturnType<typeof setTimeout> | undefined
  #told: TaskCounts = { tasks: 0, leftOut: 0 }
  readonly #warn: (message: string, cause?: unknown) => void
  #hasStumbled = false

  constructor(options: RecorderOptions) {
    checkOptions(options)
    const { frames = defaultFrames, bytes = defaultBytes, tasks, sanitize } = options
    const definitions = new Definitions(sanitize)
    // A program that does not come to its event loop must not push out what nobody has read.
    this.store = new FrameStore({ frames, bytes }, definitions, (sequence) => {
      if (sequence >= this.#untold) this.#tell()
    })
    this.#writer = new FrameWriter(this.store, definitions, new PlainValue(sanitize))
    this.#observer = new FrameObserver(this.#writer, judgeOf(tasks), () => this.#flushSoon())
    // oxlint-disable-next-line no-console -- where nobody gave another place, this is where an operator looks
    this.#warn = options.warn ?? console.warn
    this.inspect = (event) => this.#guarded(() => this.#observer.observe(event))
  }

  get counts(): TaskCounts {
    return this.#observer.counts
  }

  get bytes(): number {
    return this.store.bytes
  }

  attach(supervisor: Inspectable): () => void {
    this.#guarded(() => this.#observer.meet(supervisor.actor))
    const subscription = supervisor.actor.system.inspect(this.inspect)
    // Whoever was made for another observer is not shown to this one.
    this.#guarded(() => {
      for (const { id } of livingOf(supervisor)) {
        const { actor, pipeline } = supervisor.get(id) as ReturnType<Inspectable["get"]> & Partial<WithPipeline>
        this.#observer.meet(actor)
        if (pipeline !== undefined) this.#observer.meet(pipeline)
      }
    })
    return () => subscription.unsubscribe()
  }

  frames(): readonly Frame[] {
    return Array.from(this.texts(), (text) => JSON.parse(text) as Frame)
  }

  toString(): string {
    return Array.from(this.texts(), (text) => `${text}\n`).join("")
  }

  /** Calls back whenever there are new frames, at most ten times a second. */
  onFlush(reader: () => void): () => void {
    this.#readers.add(reader)
    return () => void this.#readers.delete(reader)
  }

  /** Writes what has been held back, and tells the readers. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#guarded(() => {
      this.#observer.flush()
      const { counts } = this
      if (counts.leftOut !== this.#told.leftOut) this.#writer.counts((this.#told = counts))
    })
    this.#tell()
  }

  *texts(): Iterable<string> {
    this.flush()
    const { store } = this
    for (const actor of store.actors()) yield frameText(actor)
    for (let sequence = store.first; sequence < store.next; sequence++) {
      const frame = store.at(sequence)
      if (frame !== undefined) yield frameText(frame)
    }
  }

  #tell(): void {
    this.#untold = this.store.next
    for (const reader of this.#readers) this.#guarded(reader)
  }

  #flushSoon(): void {
    this.#timer ??= setTimeout(() => this.flush(), flushMs).unref()
  }

  /** Whoever sends an event must not be harmed by one who looks on. */
  #guarded(what: () => void): void {
    try {
      what()
    } catch (error) {
      if (this.#hasStumbled) return
      this.#hasStumbled = true
      this.#warn("tasktor: The inspector could not record everything", error)
    }
  }
}

interface WithPipeline {
  readonly pipeline: Inspectable["actor"]
}

function livingOf({ inspect }: Inspectable): ReturnType<Inspectable["inspect"]["active"]> {
  return [...inspect.active(), ...inspect.reserved(), ...inspect.scheduled()]
}
