import { describe, expect, it } from "vitest"
import {
  type EarlyDeaths,
  isIntensityExceeded,
  noteEarlyDeath,
  type RestartIntensity,
} from "../../../machines/worker/restart-intensity.ts"

const intensity: RestartIntensity = { limit: 2, withinMs: 1000 }

function after(...instants: number[]): EarlyDeaths {
  return instants.reduce<EarlyDeaths>((deaths, at) => noteEarlyDeath(deaths, at, intensity), [])
}

describe("restart intensity", () => {
  it("allows as many restarts as its limit", () => {
    expect(isIntensityExceeded(after(0, 1), intensity)).toBe(false)
  })

  it("is exceeded by one death more", () => {
    expect(isIntensityExceeded(after(0, 1, 2), intensity)).toBe(true)
  })

  it("forgets what is longer ago than its time", () => {
    expect(after(0, 500, 1000)).toEqual([500, 1000])
    expect(isIntensityExceeded(after(0, 500, 1000), intensity)).toBe(false)
  })

  it("with limit 0 is exceeded by the first death", () => {
    expect(isIntensityExceeded(after(0), { limit: 0, withinMs: 1000 })).toBe(true)
  })
})
