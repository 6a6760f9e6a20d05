import type { Page } from "playwright-core"

/** An entry of Chromium's tracing; times in microseconds: by the clock, and as the thread has computed. */
interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly tid: number
  readonly ts: number
  readonly tts?: number
  readonly tdur?: number
}

/** What runs a page's JavaScript, its garbage collection included; the rest of a frame is style, layout and paint. */
const scripting = new Set([
  "EvaluateScript",
  "FireAnimationFrame",
  "FunctionCall",
  "MajorGC",
  "MinorGC",
  "RunMicrotasks",
  "TimerFire",
  "v8.callFunction",
])

/**
 * Milliseconds of scripting in each frame of a page, from one animation frame to the next, over so much time. They are milliseconds in which
 * the page's thread had a processor: what others take of a busy machine does not count.
 */
export async function scriptingByFrame(page: Page, milliseconds: number): Promise<readonly number[]> {
  const browser = page.context().browser()
  if (browser === null) throw new Error("Cannot trace a page without its browser")
  await browser.startTracing(page, { categories: ["devtools.timeline", "v8", "disabled-by-default-v8.gc"] })
  await page.waitForTimeout(milliseconds)
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    readonly traceEvents: readonly TraceEvent[]
  }
  const frames = traceEvents.filter(({ name, ph }) => name === "FireAnimationFrame" && ph === "X")
  const [{ tid } = { tid: -1 }] = frames
  const slices = traceEvents.filter((event) => event.tid === tid && event.ph === "X" && scripting.has(event.name))
  return sumsBetween(
    frames.map(({ ts }) => ts).toSorted((a, b) => a - b),
    slices.toSorted((a, b) => a.ts - b.ts),
  )
}

/** How much of the time between one start and the next the slices cover, in milliseconds; those inside of others count once. */
function sumsBetween(starts: readonly number[], slices: readonly TraceEvent[]): number[] {
  const sums: number[] = Array.from({ length: Math.max(0, starts.length - 1) }, () => 0)
  let frame = 0
  let covered = 0
  for (const { ts, tts = 0, tdur = 0 } of slices) {
    while (frame < sums.length && ts >= (starts[frame + 1] ?? 0)) frame++
    if (frame === sums.length) break
    const from = Math.max(tts, covered)
    const to = tts + tdur
    covered = Math.max(covered, to)
    if (ts >= (starts[0] ?? 0) && to > from) sums[frame] = (sums[frame] ?? 0) + (to - from) / 1000
  }
  return sums
}
