import type { SupervisorSnapshot, TaskView } from "../../runtime/supervisor/view.ts"

/** A supervisor with nothing to do. */
export const nothing: SupervisorSnapshot = Object.freeze({
  state: "open",
  tasks: Object.freeze([]),
  progress: 1,
  counts: Object.freeze({ pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }),
})

const silence = (): (() => void) => () => {}

/** A view in which nothing moves: what the server sends is one moment. Outcomes are worth waiting for there, too. */
export function stillView(snapshot: SupervisorSnapshot, live: TaskView): TaskView {
  return {
    getSnapshot: () => snapshot,
    subscribe: silence,
    onFact: silence,
    snapshotOf: (id) => snapshot.tasks.find((task) => task.id === id),
    subscribeTo: silence,
    onEventOf: silence,
    outcomeOf: (id) => live.outcomeOf(id),
  }
}
