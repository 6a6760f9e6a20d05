/**
 * A program on a store's file. `fill` leaves many settled and many living tasks in it; otherwise it finds what was left, says how long that
 * took, and is gone.
 */
import { createSupervisor } from "tasktor"
import { sqliteStore } from "tasktor/sqlite"
import { noop } from "./tasks.ts"

/** Milliseconds from before `createSupervisor`. */
export interface Restart {
  /** It has returned: all that lives is known. */
  readonly known: number
  /** A task that is added then has its result, which is written. */
  readonly firstResult: number
  readonly living: number
}

const [path = "", mode = "", settled = "0", living = "0"] = process.argv.slice(2)
const start = performance.now()
const supervisor = createSupervisor({
  store: sqliteStore(path, { retention: { completed: { count: Infinity, age: Infinity } } }),
  // One a day: the others wait.
  queues: { slow: { rateLimit: { limit: 1, per: "1 day" } } },
})

if (mode === "fill") {
  const portion = 10_000
  for (let done = 0; done < Number(settled); done += portion) {
    for (let task = 0; task < portion; task += 1) supervisor.run(noop(task))
    await supervisor.settled()
  }
  let last
  for (let task = 0; task < Number(living); task += 1) {
    last = supervisor.run(noop(task), task % 2 === 0 ? { queue: "slow" } : { delay: "1 day" })
  }
  await last?.persisted()
} else {
  const known = performance.now() - start
  const { pending } = supervisor.getSnapshot().counts
  await supervisor.run(noop()).result()
  const restart: Restart = { known, firstResult: performance.now() - start, living: pending }
  process.stdout.write(JSON.stringify(restart))
}
// As one that is killed: nothing is brought to an end.
process.exit(0)
