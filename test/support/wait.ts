import type { Supervisor, TaskContext, TaskHandle, TaskSnapshot } from "tasktor"
import type { SimulatedClock } from "./setup.ts"

/** A promise that the test resolves. */
export interface Gate<Value = void> {
  readonly opened: Promise<Value>
  open(value: Value): void
}

export function gate<Value = void>(): Gate<Value> {
  const { promise, resolve } = Promise.withResolvers<Value>()
  return { opened: promise, open: resolve }
}

/** A body's work that never ends by itself and honours the abort. */
export function untilAborted(ctx: TaskContext<never>): Promise<never> {
  return new Promise((_, reject) => {
    const give = (): void => reject(ctx.signal.reason as Error)
    if (ctx.signal.aborted) give()
    else ctx.signal.addEventListener("abort", give)
  })
}

/** A body's work that never ends and hears nothing. */
export function forEver(): Promise<never> {
  return new Promise(() => {})
}

/** Simulated milliseconds go by; an abort does not shorten them. */
export function sleep(clock: SimulatedClock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimeout(resolve, ms))
}

/** Whether nothing is alive now. */
export async function isSettled(supervisor: Supervisor, clock: SimulatedClock): Promise<boolean> {
  const settled = supervisor.settled({ timeout: 0 })
  await clock.advance(0)
  return settled
}

/** The first snapshot, from now on, that satisfies the condition. */
export function until<Output>(
  handle: Pick<TaskHandle<Output>, "snapshot" | "subscribe">,
  condition: (snapshot: TaskSnapshot<Output>) => boolean,
): Promise<TaskSnapshot<Output>> {
  return new Promise((resolve) => {
    if (condition(handle.snapshot)) return resolve(handle.snapshot)
    const stop = handle.subscribe((snapshot) => {
      if (!condition(snapshot)) return
      stop()
      resolve(snapshot)
    })
  })
}

/** The first event of that name, from now on. */
export function nextEvent<Events extends Record<string, unknown>, Name extends keyof Events & string>(
  handle: TaskHandle<unknown, Events>,
  name: Name,
): Promise<Events[Name]> {
  return new Promise((resolve) => {
    const stop = handle.on(name, (data) => {
      stop()
      resolve(data)
    })
  })
}

/** The statuses that a task goes through, the present one first, each named once while it lasts. */
export function statusesOf(handle: Pick<TaskHandle, "snapshot" | "subscribe">): readonly string[] {
  const statuses: string[] = [handle.snapshot.status]
  handle.subscribe(({ status }) => {
    if (statuses.at(-1) !== status) statuses.push(status)
  })
  return statuses
}
