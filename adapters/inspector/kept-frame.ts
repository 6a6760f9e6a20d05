import type { Definition } from "./definitions.ts"

/** A frame as it is kept: written once, whoever reads it. */
export interface KeptFrame {
  readonly type: "actor" | "event" | "snapshot" | "counts"
  readonly sequence: number
  readonly sessionId: string
  /** All properties but those below, as JSON without the last brace. */
  readonly head: string
  /** As JSON. */
  readonly snapshot: string | undefined
  readonly definition: Definition | undefined
  /** Of an actor that none is above: a supervisor, a machine of one's own. */
  readonly isOfRoot: boolean
  /** It is the last of its actor. */
  readonly isLast: boolean
}

/** How much memory it takes without its definition, about: two bytes at most for each character, and the object. */
export function sizeOf({ head, snapshot }: KeptFrame): number {
  return 2 * (head.length + (snapshot?.length ?? 0)) + 150
}

/** As Stately's inspector reads it. */
export function frameText(frame: KeptFrame): string {
  return textWith(frame, frame.definition?.json)
}

/** As it stands in a batch: with the definition's number. */
export function batchText(frame: KeptFrame): string {
  return textWith(frame, frame.definition?.id)
}

function textWith({ head, snapshot }: KeptFrame, definition: string | number | undefined): string {
  const more = snapshot === undefined ? "" : `,"snapshot":${snapshot}`
  return definition === undefined ? `${head}${more}}` : `${head}${more},"definition":${definition}}`
}
