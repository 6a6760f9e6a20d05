/** Bodies that end in their own ways, for what is measured of ends. */
import { defineTask } from "tasktor"

const module = import.meta.url

/** Until it is cancelled, or its time is over. */
export const hears = defineTask({
  name: "hears",
  module,
  run: (ctx) => new Promise<void>((resolve) => ctx.signal.addEventListener("abort", () => resolve())),
})

/** Sleeps for a minute, in the supervisor's thread. */
export const asleep = defineTask({
  name: "asleep",
  run: (ctx) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, 60_000)
      ctx.signal.addEventListener("abort", () => {
        clearTimeout(timer)
        reject(ctx.signal.reason as Error)
      })
    }),
})

export const exits = defineTask({ name: "exits", module, run: (): never => process.exit(9) })

export const exhaustsMemory = defineTask({
  name: "exhaustsMemory",
  module,
  run: (): never => {
    const kept: unknown[] = []
    for (;;) kept.push(Array.from({ length: 100_000 }, (_, n) => ({ n })))
  },
})

/** Its module is nowhere. */
export const unloadable = defineTask({
  name: "unloadable",
  module: new URL("nowhere.js", import.meta.url).href,
  run: (): never => {
    throw new Error("Nobody runs this")
  },
})
