import { expect, it } from "vitest"
import { attentiveLoop } from "../fixtures/stopping.ts"
import { setupReal, workers } from "../support/setup.ts"
import { nextEvent } from "../support/wait.ts"

it.each(workers)(
  "6. a loop in a %s that asks on every turn leaves it at once, and is told the same ever after",
  async (executor) => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 1 } })
    const task = supervisor.run(attentiveLoop(), { executor })
    await nextEvent(task, "here")
    const left = nextEvent(task, "left")
    expect(await task.cancel()).toBe("cancelled")
    expect(await left).toEqual({ asked: [true, true, true] })
  },
)
