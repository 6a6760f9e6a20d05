import { expect, it } from "vitest"
import { attentiveLoop } from "../fixtures/stopping.ts"
import { setupReal, workers } from "../support/setup.ts"
import { waitedMs } from "../support/stopwatch.ts"
import { nextEvent } from "../support/wait.ts"

it.each(workers)(
  "6. a loop in a %s that asks on every turn leaves it at once, and is told the same ever after",
  async (executor) => {
    const { supervisor } = setupReal({ concurrency: { [executor]: 1 } })
    const delays: number[] = []
    for (let i = 0; i < 5; i++) {
      const task = supervisor.run(attentiveLoop(), { executor })
      await nextEvent(task, "here")
      const left = nextEvent(task, "left")
      const asked = Date.now()
      const waited = waitedMs()
      expect(await task.cancel()).toBe("cancelled")
      const { at, asked: answers } = await left
      delays.push(at - asked - (waitedMs() - waited))
      expect(answers).toEqual([true, true, true])
    }
    const [, , median] = delays.toSorted((a, b) => a - b)
    expect(median).toBeLessThan(20)
  },
)
