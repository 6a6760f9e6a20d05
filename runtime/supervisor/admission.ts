import type { AnyTaskDefinition } from "../definition/definition.ts"
import type { Clock } from "../ports/clock.ts"
import type { Executor } from "../ports/executor.ts"
import type { Timer, Timers } from "../clock/timers.ts"
import type { Task } from "../task/task.ts"
import { Gate } from "./gate.ts"
import { isAhead, Line, rankOf } from "./line.ts"
import { prefetchOf } from "./prefetch.ts"
import type { QueueOptions } from "./supervisor.ts"

// So that tasks which end as soon as they start, and let the next ones start, do not keep the program's timers and I/O waiting.
const startsPerTurn = 1000

/** One executor and those who wait for it. */
interface Slots {
  readonly prefetch: (rank: number) => number
  readonly gate: Gate
  /** Those in which somebody waits. */
  readonly lines: Set<Line>
  readonly byQueue: LinesByQueue
  /** Those that have begun, gave up their slot for a child, and want it back. */
  readonly returning: Returning[]
}

type LinesByQueue = Map<string, Line>

/** A definition with limits of its own, and the lines in front of them. */
interface DefinitionLimits {
  readonly gate: Gate
  readonly bySlots: Map<Slots, LinesByQueue>
}

interface Returning {
  readonly gates: readonly Gate[]
  readonly resume: (hasSlot: boolean) => void
}

/** Who starts next: the lines of waiting tasks, and the limits that they wait at. */
export class Admission {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #begin: (task: Task) => void
  readonly #warn: (message: string, cause?: unknown) => void
  readonly #slots = new Map<string, Slots>()
  readonly #queues = new Map<string, Gate>()
  /** By their bodies and their names. */
  readonly #definitions = new WeakMap<AnyTaskDefinition["body"], Map<string, DefinitionLimits>>()
  #lastLine: Line | undefined
  #lastPlan: Task["plan"] | undefined
  #lastDefinition: AnyTaskDefinition | undefined
  #pumping = false
  readonly #pumpNow = (): void => this.#pump()
  #startsLeft = startsPerTurn
  /** Who used up the starts of the last turn is the last of the next one. */
  #order: readonly Slots[] = []
  /** How long the first of those waits whom only a rate holds back. */
  #waitMs = Number.POSITIVE_INFINITY
  #wake: Timer | undefined

  constructor(
    clock: Clock,
    timers: Timers,
    queues: Readonly<Record<string, QueueOptions>>,
    begin: (task: Task) => void,
    warn: (message: string, cause?: unknown) => void,
  ) {
    this.#clock = clock
    this.#timers = timers
    this.#begin = begin
    this.#warn = warn
    for (const [name, { concurrency, rateLimit }] of Object.entries(queues)) {
      this.#queues.set(name, new Gate(concurrency ?? Number.POSITIVE_INFINITY, rateLimit))
    }
  }

  addExecutor(executor: Executor, concurrency: number): void {
    const prefetch = prefetchOf(executor, this.#warn)
    const gate = new Gate(concurrency)
    this.#slots.set(executor.name, { prefetch, gate, lines: new Set(), byQueue: new Map(), returning: [] })
    this.#order = [...this.#slots.values()]
  }

  /** A task waits for its slot from now on. */
  enqueue(task: Task): void {
    const line = this.#lineOf(task)
    line.join(task)
    const { body, taskName } = task.definition
    this.#definitions.get(body)?.get(taskName)?.gate.setLimits(task.plan.concurrency, task.plan.rateLimit)
    this.#slotsOf(task.plan.executor).lines.add(line)
    this.pumpSoon()
  }

  /** A waiting task waits no longer. */
  withdraw(task: Task): void {
    if (task.line !== undefined) this.#leave(task, task.line)
  }

  /** A task that was let in is now running. */
  began(task: Task): void {
    this.#slotsOf(task.plan.executor).gate.running++
  }

  /** A task that was let in is through, or gives up its slot while it waits for a child. */
  release(task: Task, hadBegun: boolean): void {
    for (const gate of this.#lineOf(task).gates) gate.used--
    if (hadBegun) this.#slotsOf(task.plan.executor).gate.running--
    this.pumpSoon()
  }

  /**
   * A task that gave up its slot wants it back. It goes before all who have not begun; those who run now do end, because whoever
   * waits for a child holds no slot. Resolves to whether it has the slot: not when `orElse` called back first.
   */
  reclaim(task: Task, orElse: (giveUp: () => void) => void): Promise<boolean> {
    return new Promise((resolve) => {
      const { gates } = this.#lineOf(task)
      const returning: Returning = { gates, resume: resolve }
      const { returning: others } = this.#slotsOf(task.plan.executor)
      others.push(returning)
      orElse(() => {
        const index = others.indexOf(returning)
        if (index < 0) return
        others.splice(index, 1)
        resolve(false)
      })
      this.pumpSoon()
    })
  }

  /** A task that gave up its slot has it back at once, whether there is room or not. */
  retake(task: Task): void {
    for (const gate of this.#lineOf(task).gates) gate.used++
    this.#slotsOf(task.plan.executor).gate.running++
  }

  /** Admits what there is room for, once all of this turn's submissions and endings are known. */
  pumpSoon(): void {
    if (this.#pumping) return
    this.#pumping = true
    queueMicrotask(this.#pumpNow)
  }

  stats(): Readonly<Record<string, { readonly running: number; readonly limit: number; readonly waiting: number }>> {
    const stats: Record<string, { running: number; limit: number; waiting: number }> = {}
    for (const [name, { gate, lines }] of this.#slots) {
      const waiting = [...lines].reduce((sum, line) => sum + line.length, 0)
      stats[name] = { running: gate.running, limit: gate.limit, waiting: waiting + gate.used - gate.running }
    }
    return stats
  }

  #pump(): void {
    if (this.#startsLeft === 0) {
      this.#clock.defer(() => {
        this.#startsLeft = startsPerTurn
        this.#pump()
      })
      return
    }
    this.#pumping = false
    this.#waitMs = Number.POSITIVE_INFINITY
    for (const [index, slots] of this.#order.entries()) {
      letReturn(slots)
      while (this.#startsLeft > 0 && !isAwaited(slots)) {
        const next = this.#next(slots)
        if (next?.line === undefined || !hasSlotFor(next, slots)) break
        const { gates } = next.line
        this.#leave(next, next.line)
        for (const gate of gates) gate.enter(this.#clock)
        if (--this.#startsLeft === 0)
          this.#order = [...this.#order.slice(index + 1), ...this.#order.slice(0, index + 1)]
        this.#begin(next)
      }
    }
    this.#timers.end(this.#wake)
    this.#wake =
      this.#waitMs < Number.POSITIVE_INFINITY ? this.#timers.after(this.#waitMs, () => this.pumpSoon()) : undefined
    if (this.#startsLeft === 0) this.pumpSoon()
  }

  #leave(task: Task, line: Line): void {
    line.leave(task)
    if (line.length === 0) this.#slotsOf(task.plan.executor).lines.delete(line)
  }

  /** The first of all the heads that no limit holds back but that of the executor. Notes how long those must wait whose rate does. */
  #next({ gate, lines }: Slots): Task | undefined {
    let first: Task | undefined
    for (const line of lines) {
      const { head } = line
      if (head === undefined || (first !== undefined && isAhead(first, head))) continue
      const wait = waitAt(line, gate, this.#clock)
      if (wait === 0) first = head
      else this.#waitMs = Math.min(this.#waitMs, wait)
    }
    return first
  }

  #lineOf(task: Task): Line {
    const { plan, definition } = task
    // Nearly always the same as the last one asked for.
    if (this.#lastLine !== undefined && this.#lastPlan === plan && this.#lastDefinition === definition)
      return this.#lastLine
    const line = this.#findLine(task)
    this.#lastLine = line
    this.#lastPlan = plan
    this.#lastDefinition = definition
    return line
  }

  #findLine({ plan, definition }: Task): Line {
    const isLimited = plan.concurrency !== Number.POSITIVE_INFINITY || plan.rateLimit !== undefined
    const slots = this.#slotsOf(plan.executor)
    const own = isLimited ? this.#limitsOf(definition) : undefined
    const byQueue = own === undefined ? slots.byQueue : linesBefore(slots, own)
    const known = byQueue.get(plan.queue)
    if (known !== undefined) return known
    const gates = [slots.gate]
    const queue = this.#queues.get(plan.queue)
    if (queue !== undefined) gates.push(queue)
    else this.#warnOfUnknown(plan.queue, definition.taskName)
    if (own !== undefined) gates.push(own.gate)
    const line = new Line(gates)
    byQueue.set(plan.queue, line)
    return line
  }

  /** Once: a line of a queue is made once. A misspelt name would lose its limits in silence. */
  #warnOfUnknown(queue: string, taskName: string): void {
    if (queue === "default" || this.#queues.size === 0) return
    const known = [...this.#queues.keys()].map((name) => JSON.stringify(name)).join(", ")
    this.#warn(
      `Task ${JSON.stringify(taskName)} waits in queue ${JSON.stringify(queue)}, which has no limits: the queues of this supervisor are ${known}; add it to createSupervisor({ queues }), as {} where it needs none`,
    )
  }

  #slotsOf(executor: string): Slots {
    const slots = this.#slots.get(executor)
    if (slots === undefined) throw new TypeError(`Cannot queue a task: there is no executor ${executor}`)
    return slots
  }

  /** One gate for all runs of a definition, whatever settings it is given: the limits of the latest one to be queued count. */
  #limitsOf({ body, taskName }: AnyTaskDefinition): DefinitionLimits {
    let byName = this.#definitions.get(body)
    if (byName === undefined) this.#definitions.set(body, (byName = new Map()))
    let limits = byName.get(taskName)
    if (limits === undefined)
      byName.set(taskName, (limits = { gate: new Gate(Number.POSITIVE_INFINITY), bySlots: new Map() }))
    return limits
  }
}

function linesBefore(slots: Slots, { bySlots }: DefinitionLimits): LinesByQueue {
  let byQueue = bySlots.get(slots)
  if (byQueue === undefined) bySlots.set(slots, (byQueue = new Map()))
  return byQueue
}

/**
 * Lets those return for whom there is room, first come, first served. What an executor has in hand and has not begun is not waited for:
 * it would begin before, and take the slot; such an executor may run one body more than it has slots until the next one ends.
 */
function letReturn({ returning, gate: slots }: Slots): void {
  if (returning.length === 0) return
  const hasRoom = (gate: Gate): boolean =>
    gate === slots ? gate.running + (gate.used > gate.running ? 0 : 1) <= gate.limit : gate.hasRoom()
  for (const one of [...returning]) {
    if (!one.gates.every(hasRoom)) continue
    for (const gate of one.gates) gate.used++
    slots.running++
    returning.splice(returning.indexOf(one), 1)
    one.resume(true)
  }
}

/** Whether somebody who has begun waits for nothing but a slot of this executor: nobody begins before. */
function isAwaited({ returning, gate }: Slots): boolean {
  return returning.some(({ gates }) => gates.every((other) => other === gate || other.hasRoom()))
}

/** What is less important and has not begun is not in the way: the executor begins it later. */
function hasSlotFor(task: Task, { prefetch, gate }: Slots): boolean {
  gate.extra = prefetch(rankOf(task))
  return gate.hasRoom()
}

/**
 * 0 when the line is open but for its executor's slots; Infinity when it waits for somebody's end; otherwise the time until its
 * rate allows a start.
 */
function waitAt(line: Line, slots: Gate, clock: Clock): number {
  let wait = 0
  for (const gate of line.gates) {
    if (gate === slots) continue
    if (!gate.hasRoom()) return Number.POSITIVE_INFINITY
    wait = Math.max(wait, gate.waitMs(clock))
  }
  return wait
}
