import { readdirSync, readFileSync } from "node:fs"

/**
 * Ends a process and all that it has started: its process group, and, where the system tells who they are (Linux), those descendants
 * that have left the group. Who has left its parents as well, as a daemon does, is beyond reach. One that is gone is fine.
 */
export function killGroup(pid: number): void {
  // Before the group, because an orphan's parent is somebody else, and this process may be one of it. The youngest first: two threads
  // of a process may come to this at the same time, and neither is to miss those whose parent the other one has just ended.
  for (const one of descendantsOf(pid).toReversed()) signal(one, "SIGKILL")
  // No such group: all of it has ended; or a platform without groups, where the process itself is all there is.
  if (!signal(-pid, "SIGKILL")) signal(pid, "SIGKILL")
}

function signal(pid: number, name: "SIGKILL" | "SIGSTOP"): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    // It has ended.
    return false
  }
}

/** Parents before their children. They start no others meanwhile: they are stopped. */
function descendantsOf(pid: number): readonly number[] {
  const all = [...childrenOf(pid)]
  for (const child of all) {
    signal(child, "SIGSTOP")
    all.push(...childrenOf(child))
  }
  return all
}

/** Of all its threads. None where the system has no such files. */
function childrenOf(pid: number): readonly number[] {
  const threads = orNone(() => readdirSync(`/proc/${pid}/task`))
  return threads.flatMap((thread) =>
    // It may end in between.
    orNone(() => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").match(/\d+/g) ?? []).map(Number),
  )
}

function orNone(read: () => readonly string[]): readonly string[] {
  try {
    return read()
  } catch {
    return []
  }
}
