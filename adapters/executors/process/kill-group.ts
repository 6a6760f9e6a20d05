/** Ends a process and all that it has started, but for those that have left its process group. One that is gone is fine. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // No such group: all of it has ended; or a platform without groups, where the process itself is all there is.
    try {
      process.kill(pid, "SIGKILL")
    } catch {
      // It has ended.
    }
  }
}
