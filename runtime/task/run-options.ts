import type { EventMap } from "../definition/definition.ts"
import type { TaskSettings } from "../definition/settings.ts"
import type { TaskKey } from "../../machines/task/snapshot.ts"
import type { TaskHandle } from "./handle.ts"

/**
 * What happens when a task with the same key is alive.
 *
 * - `replace` cancels it and starts once it has really ended.
 * - `reject` leaves it alone: the new task is `cancelled` at once as `skipped`, and says which one holds the key.
 * - `join` gives the handle of the living one; no new task is made.
 * - `queue` starts once it has settled.
 */
export type KeyPolicy = "replace" | "reject" | "join" | "queue"

/** How one run differs, and who is told. */
export interface RunOptions<Events extends EventMap = EventMap> extends TaskSettings {
  /** The caller's name for the task. Default: its id. */
  readonly key?: TaskKey
  /** Default "replace". */
  readonly onConflict?: KeyPolicy
  /** The second half of the name `group__id` that facts carry as `channel`; without `publish` it does nothing. Default: the group alone. */
  readonly publishId?: string
  /** Once for each task, whatever its outcome, after the state is final. A throw in it is reported and harms nothing. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the callback takes the handle of any output, as the contract says
  readonly whenDone?: (task: TaskHandle<any, Events>) => void
  /**
   * Called with each of the body's own events, in their order; `sendEventAndWait` waits for what it returns. A throw in it is reported and
   * harms nothing.
   *
   * @example
   * const scan = defineTask({
   *   name: "scan",
   *   events: events<{ found: string }>(),
   *   run: (ctx) => ctx.sendEvent("found", "a.txt"),
   * })
   * supervisor.run(scan(), { whenEvent: (task, name, data) => console.log(task.id, name, data) })
   */
  readonly whenEvent?: (
    // oxlint-disable-next-line typescript/no-explicit-any -- as above
    task: TaskHandle<any, Events>,
    name: keyof Events & string,
    data: Events[keyof Events & string],
  ) => void
}
