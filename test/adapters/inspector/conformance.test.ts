/** Our frames are Stately's: one run, recorded by both. */
import { createInspector, type StatelyInspectionEvent } from "@statelyai/inspect"
import { chain, defineTask, group, map } from "tasktor"
import { type Frame, recordInspection } from "tasktor/inspector"
import { expect, it } from "vitest"
import { setup } from "../../support/setup.ts"
import { sleep } from "../../support/wait.ts"

type AnyFrame = Frame | StatelyInspectionEvent

it("the recorder's frames are those of the Stately inspector, but for numbers, times, order and what says nothing new", async () => {
  const theirs: StatelyInspectionEvent[] = []
  const stately = createInspector({ send: (frame) => theirs.push(frame) })
  const recorder = recordInspection({ tasks: "all" })
  const { supervisor, clock } = setup({
    inspect: (event) => {
      recorder.inspect(event)
      stately.inspect.next?.(event)
    },
  })
  const work = defineTask({
    name: "work",
    run: async (ctx, n: number) => {
      ctx.log.info("begins", n)
      await sleep(clock, 1000)
      return n
    },
  })
  const breaks = defineTask({
    name: "breaks",
    run: (ctx) => ctx.retry({ after: "1 second" }),
    retry: { maxAttempts: 2 },
  })
  const end = defineTask({ name: "end", run: () => "over" })
  supervisor.run(chain(map(work, [1, 2, 3], { concurrency: 2 }), group([work(4), end()]), end))
  supervisor.run(breaks())
  const cancelled = supervisor.run(work(5), { tags: ["late"], delay: "1 minute" })
  await clock.advance("10 seconds")
  void cancelled.cancel("enough")
  await clock.advance("1 minute")
  await settled(theirs)

  const ours = recorder.frames().filter(({ type }) => type !== "@tasktor.counts")
  expect(ours.length).toBeGreaterThan(50)
  const initial = new Map(
    ours.flatMap((frame) => (frame.type === "@xstate.actor" ? [[frame.sessionId, frame.snapshot]] : [])),
  )
  expect(told(ours, initial)).toEqual(told(theirs, initial))
  const reports = ours.filter(isReport).map(textOf)
  expect(reports.length).toBeGreaterThan(5)
  expect(theirs.filter(isReport).map(textOf)).toEqual(expect.arrayContaining(reports))
  expect(new Set(ours.map(({ _version }) => _version))).toEqual(new Set(theirs.map(({ _version }) => _version)))
  const keys = (frame: AnyFrame): string =>
    Object.entries(frame)
      .flatMap(([name, value]) => (value === undefined ? [] : [name]))
      .toSorted()
      .join()
  const theirKeys = new Set(theirs.map(keys))
  expect([...new Set(ours.map(keys))].filter((one) => !theirKeys.has(one))).toEqual([])
})

/** Theirs come in later turns of the event loop. */
async function settled(frames: readonly unknown[]): Promise<void> {
  for (let before = -1; before !== frames.length;) {
    before = frames.length
    await new Promise((resolve) => setTimeout(resolve))
    await new Promise((resolve) => setTimeout(resolve))
  }
}

/** For each actor: what it is, what it is sent, and what it is in, in its order. Of reports ours has the last ones only. */
function told(frames: readonly AnyFrame[], initial: ReadonlyMap<string, unknown>): unknown {
  const actors: Record<string, { is?: unknown; readonly sent: unknown[]; readonly states: string[] }> = {}
  for (const frame of frames) {
    if (frame.type === "@tasktor.counts" || isReport(frame)) continue
    const { sessionId, rootId } = frame
    const own = (actors[sessionId] ??= { sent: [], states: [textOf(initial.get(sessionId))] })
    switch (frame.type) {
      case "@xstate.actor": {
        const { name, parentId, definition } = frame
        // Its snapshot is of another moment: theirs is read late.
        // Ours has no machine context in it, which may hold secrets.
        const { context: _, ...statechart } = JSON.parse(definition ?? "{}") as { readonly context?: unknown }
        own.is = { name, parentId, rootId, statechart }
        break
      }
      case "@xstate.event": {
        const { sourceId, event } = frame
        // A task's input, which is its snapshot, is not told twice.
        own.sent.push(textOf({ sourceId, rootId, event: event.type === "xstate.init" ? event.type : event }))
        break
      }
      case "@xstate.snapshot": {
        const state = textOf(frame.snapshot)
        if (own.states.at(-1) !== state) own.states.push(state)
      }
    }
  }
  return actors
}

function isReport(frame: AnyFrame): boolean {
  return "event" in frame && frame.event.type === "report"
}

/** As it arrives, keys in order; theirs leaves errors out. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (name, part: unknown) => {
    if (["error", "createdAt", "id"].includes(name)) return undefined
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
