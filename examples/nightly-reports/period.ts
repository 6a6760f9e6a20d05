/** What a report is about: the time before the slot that it is made for. Arguments of tasks are kept, so this is plain data. */
export interface Period {
  /** The first word of the report's name. */
  readonly name: string
  readonly seconds: number
}

/**
 * The beginning and the end of a period. By the slot, never by the clock: another attempt, an hour later or in another program, is about the same
 * time.
 *
 * @throws TypeError for a task that no schedule has started.
 */
export function boundsOf(
  { name, seconds }: Period,
  slot: Date | undefined,
): { readonly from: number; readonly to: number } {
  if (slot === undefined) {
    throw new TypeError(`Cannot say which time the report "${name}" is about: no schedule has started it; use runNow`)
  }
  return { from: slot.getTime() - seconds * 1000, to: slot.getTime() }
}

/** The same for each attempt, so that a report which comes out twice is one file. */
export function reportName({ name }: Period, slot: number): string {
  return `${name}-${new Date(slot).toISOString().replaceAll(":", "-")}`
}
