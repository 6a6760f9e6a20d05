/** What a child process is born with: its only argument, as JSON. */
export interface ProcessData {
  /** Address of the set-up module. */
  readonly setup?: string
  /** The program runs under tsx. */
  readonly tsx: boolean
  /** The pool recycles by memory. */
  readonly tellMemory: boolean
}

/** The pipes between a parent and its child: batches in both directions, and what must get through while bodies compute. */
export const dataFd = 3
export const controlFd = 4
