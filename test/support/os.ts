import { existsSync, readdirSync, readFileSync } from "node:fs"

/** Whether the system still has that process; one that has ended and only waits to be reaped is gone. */
export function isAlive(pid: number): boolean {
  return isRunning(`/proc/${pid}`)
}

/** Likewise for a thread or process by its place below /proc. */
export function isRunning(place: string): boolean {
  if (!existsSync(place)) return false
  try {
    const stat = readFileSync(`${place}/stat`, "utf8")
    const state = stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3)
    return state !== "Z" && state !== "X"
  } catch {
    return false
  }
}

/** The child processes of this one. */
export function childProcesses(): readonly number[] {
  return readdirSync("/proc/self/task").flatMap((thread) => {
    const list = `/proc/self/task/${thread}/children`
    try {
      return readFileSync(list, "utf8").match(/\d+/g)?.map(Number) ?? []
    } catch {
      // The thread has ended meanwhile.
      return []
    }
  })
}

/** Those of the places that the system still has after half a minute; it comes back as soon as there is none. */
export async function leftOf(places: readonly string[]): Promise<readonly string[]> {
  const end = performance.now() + 30_000
  let left = places.filter(isRunning)
  while (left.length > 0 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    left = left.filter(isRunning)
  }
  return left
}

/** The processes of this machine that have this in their environment: a program that was given it, and all that it has started. */
export function processesWith(mark: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark)
      } catch {
        return false
      }
    })
}
