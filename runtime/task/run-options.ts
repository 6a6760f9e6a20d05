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

/** How one run differs, and who is told. One that is `undefined` is not given. */
export interface RunOptions<Events extends EventMap = EventMap, Output = unknown> extends TaskSettings {
  /** The caller's name for the task. Default: its id. */
  readonly key?: TaskKey | undefined
  /** Default "replace". */
  readonly onConflict?: KeyPolicy | undefined
  /** The second half of the name `group__id` that facts carry as `channel`; without `publish` it does nothing. Default: the group alone. */
  readonly publishId?: string | undefined
  /** Once for each task, whatever its outcome, after the state is final. A throw in it is reported and harms nothing. */
  readonly whenDone?: ((task: TaskHandle<Output, Events>) => void) | undefined
  /**
   * Called with each of the body's own events, in their order; `sendEventAndWait` waits for what it returns. A throw in it is reported and
   * harms nothing. A check of `name` tells the type of `data`.
   *
   * @example
   * const scan = defineTask({
   *   name: "scan",
   *   events: events<{ found: string }>(),
   *   run: (ctx) => ctx.sendEvent("found", "a.txt"),
   * })
   * supervisor.run(scan(), { whenEvent: (task, name, data) => console.log(task.id, name, data) })
   */
  readonly whenEvent?:
    // Each name goes with its own data.
    | ((
        ...event: [keyof Events & string] extends [never]
          ? [task: TaskHandle<Output, Events>, name: never, data: never]
          : {
              [Name in keyof Events & string]: [task: TaskHandle<Output, Events>, name: Name, data: Events[Name]]
            }[keyof Events & string]
      ) => void)
    // One with fewer parameters, which several lists of them refuse. Two signatures that TypeScript cannot make one of type no parameter:
    // those above do.
    | {
        (task: TaskHandle<Output, Events>, name: keyof Events & string, data: Events[keyof Events & string]): void
        <_>(task: TaskHandle<Output, Events>, name: keyof Events & string, data: Events[keyof Events & string]): void
      }
    | undefined
}
