import { coreMilliseconds } from "../harness/quiet.ts"

/** Core time that other programs take from now on. It is counted in ticks of 10 ms, so it is good for seconds, not for less. */
export class ForeignTime {
  readonly #before = coreMilliseconds()[0]
  readonly #own = process.cpuUsage()

  milliseconds(): number {
    const own = process.cpuUsage(this.#own)
    return Math.max(0, coreMilliseconds()[0] - this.#before - (own.user + own.system) / 1000)
  }
}
