/** Tasks that one call of `sweep` forgets at most: a few milliseconds of work. */
export const sweepPortion = 500

/** Entries of the supervisors themselves (opened, stopped) that are kept: they belong to no task, with which they could go. */
export const supervisorEntries = 1000
