import { coreMilliseconds } from "./quiet.ts"

/** Core time that other programs take from now on. It is counted in ticks of 10 ms, so it is good for seconds, not for less. */
export class ForeignTime {
  readonly #start = coreMilliseconds()
  readonly #own = process.cpuUsage()

  milliseconds(): number {
    const own = process.cpuUsage(this.#own)
    return Math.max(0, coreMilliseconds()[0] - this.#start[0] - (own.user + own.system) / 1000)
  }

  /** Of all cores' time. */
  share(): number {
    return this.milliseconds() / Math.max(1, coreMilliseconds()[1] - this.#start[1])
  }
}
