/** How a command ends: what it was to do is done, has failed, cannot be carried out, or was cancelled. */
export const exitCodes = { completed: 0, failed: 1, usage: 2, cancelled: 130 } as const
