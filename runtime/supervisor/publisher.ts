import type { TaskEvent } from "../../machines/task/events.ts"
import type { TaskSnapshot } from "../../machines/task/snapshot.ts"
import type { TaskFact, TaskFactOrigin } from "../events/task-fact.ts"
import type { Clock } from "../ports/clock.ts"
import { checkListener } from "../task/check-listener.ts"
import type { TaskHandle } from "../task/handle.ts"
import type { Task } from "../task/task.ts"
import type { Callbacks } from "./callbacks.ts"
import type { SupervisorSnapshot } from "./view.ts"

/** Tells those who look on: of each fact at once, of each task's snapshots as they change, of the whole once in a tick. */
export class Publisher {
  readonly #clock: Clock
  readonly #callbacks: Callbacks
  readonly #snapshot: () => SupervisorSnapshot
  readonly #factListeners = new Set<(fact: TaskFact) => void>()
  readonly #listeners = new Set<(snapshot: SupervisorSnapshot) => void>()
  #telling = false

  constructor(clock: Clock, callbacks: Callbacks, snapshot: () => SupervisorSnapshot) {
    this.#clock = clock
    this.#callbacks = callbacks
    this.#snapshot = snapshot
  }

  onFact(listener: (fact: TaskFact) => void): () => void {
    return addTo(this.#factListeners, listener)
  }

  subscribe(listener: (snapshot: SupervisorSnapshot) => void): () => void {
    return addTo(this.#listeners, listener)
  }

  submitted(task: Task): void {
    if (task.plan.visible) this.tellSoon()
    if (this.#factListeners.size === 0) return
    const { key, executor, phase, nextAttemptAt, parent, origin, tags, visible } = task.snapshot
    const where = this.#origin(task.snapshot)
    this.#tell({ ...where, type: "submitted", key, executor, phase, nextAttemptAt, parent, origin, tags, visible })
  }

  changed(task: Task, before: TaskSnapshot, after: TaskSnapshot, event: TaskEvent): void {
    if (after.visible) this.tellSoon()
    if (this.#factListeners.size > 0) this.#tellFacts(task, before, after, event)
    if (event.type === "emit") {
      const handled = this.#deliver(task, event.name, event.data)
      event.delivered?.(handled)
    }
    if (event.type === "emit" || event.type === "log" || (event.type === "report" && event.quiet === true)) return
    this.tellFollowers(task)
  }

  tellFollowers({ watchers, snapshot }: Task): void {
    if (watchers === undefined) return
    for (const listener of watchers.snapshots) {
      this.#callbacks.call(`A subscriber of task ${snapshot.id}`, () => listener(snapshot))
    }
  }

  /** Hands an event of the body's to its listeners. Undefined when there are none; true once all of them have handled it. */
  #deliver(task: Task, name: string, data: unknown): Promise<boolean> | undefined {
    const what = `A listener to event ${JSON.stringify(name)} of task ${task.id}`
    const answers: Promise<boolean>[] = []
    const handle = task as TaskHandle
    for (const { whenEvent } of task.callbacks) {
      if (whenEvent !== undefined) answers.push(this.#callbacks.ask(what, () => whenEvent(handle, name, data)))
    }
    for (const listener of task.watchers?.listenersOf(name) ?? []) {
      answers.push(this.#callbacks.ask(what, () => listener(data)))
    }
    if (answers.length === 0) return undefined
    return answers.length === 1 ? answers[0] : Promise.all(answers).then((handled) => handled.every(Boolean))
  }

  /** At most one call for each listener in a turn of the event loop. */
  tellSoon(): void {
    if (this.#telling || this.#listeners.size === 0) return
    this.#telling = true
    this.#clock.defer(() => {
      this.#telling = false
      const snapshot = this.#snapshot()
      for (const listener of this.#listeners) this.#callbacks.call("A subscriber", () => listener(snapshot))
    })
  }

  #tellFacts(task: Task, before: TaskSnapshot, after: TaskSnapshot, event: TaskEvent): void {
    const origin = this.#origin(after)
    switch (event.type) {
      case "report":
        return this.#tell({ ...origin, type: "report", progress: after.progress, message: after.message })
      case "emit":
        return this.#tell({ ...origin, type: "event", event: event.name, data: event.data, channel: channelOf(task) })
      case "log":
        return this.#tell({ ...origin, type: "log", level: event.level, data: event.data })
      case "due":
      case "start":
      case "cancel":
      case "complete":
      case "fail":
      case "stop": {
        if (after.outcome !== undefined) return this.#tell({ ...origin, type: "outcome", outcome: after.outcome })
        const failure = after.failures.length > before.failures.length ? after.failures.at(-1) : undefined
        const { status, phase, attempt, nextAttemptAt } = after
        return this.#tell({ ...origin, type: "state", status, phase, attempt, failure, nextAttemptAt })
      }
    }
  }

  #origin({ id, name, sequence }: TaskSnapshot): TaskFactOrigin {
    return { task: id, name, sequence, at: this.#clock.now() }
  }

  #tell(fact: TaskFact): void {
    for (const listener of this.#factListeners) this.#callbacks.call("A listener to facts", () => listener(fact))
  }
}

/** `group__id`, or the group alone. */
function channelOf({ plan, options }: Task): string | undefined {
  if (plan.publish === undefined) return undefined
  return options?.publishId === undefined ? plan.publish : `${plan.publish}__${options.publishId}`
}

function addTo<Listener extends (value: never) => void>(listeners: Set<Listener>, listener: Listener): () => void {
  checkListener(listener)
  const own = ((value: never) => listener(value)) as Listener
  listeners.add(own)
  return () => void listeners.delete(own)
}
