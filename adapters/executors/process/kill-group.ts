import { readdirSync, readFileSync } from "node:fs"

/**
 * Ends a process and all that it has started: its process group, and, where the system tells who they are (Linux), those descendants
 * that have left the group. Who has left its parents as well, as a daemon does, is beyond reach. One that is gone is fine.
 */
export function killGroup(pid: number): void {
  // First, because an orphan's parent is somebody else; and this process may be one of the group.
  for (const one of descendantsOf(pid)) kill(one)
  // No such group: all of it has ended; or a platform without groups, where the process itself is all there is.
  if (!kill(-pid)) kill(pid)
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL")
  } catch {
    // It has ended.
    return false
  }
}

function descendantsOf(pid: number): readonly number[] {
  const all = [...childrenOf(pid)]
  // Theirs as well: the list grows while it is walked.
  for (const child of all) all.push(...childrenOf(child))
  return all
}

/** None where the system has no such files. */
function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      [...readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").matchAll(/\d+/g)].map(Number),
    )
  } catch {
    return []
  }
}
