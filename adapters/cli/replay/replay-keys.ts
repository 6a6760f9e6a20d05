import type { Move } from "./player.ts"

/** A key as Node's readline names it. */
export interface Key {
  readonly name?: string | undefined
  readonly sequence?: string | undefined
  readonly ctrl?: boolean | undefined
}

export type KeyMeaning = Move | "jump" | "again" | "quit"

const meanings: Readonly<Record<string, KeyMeaning>> = {
  right: "forward",
  l: "forward",
  space: "forward",
  left: "back",
  h: "back",
  down: "far-forward",
  j: "far-forward",
  pagedown: "far-forward",
  up: "far-back",
  k: "far-back",
  pageup: "far-back",
  home: "begin",
  end: "end",
  n: "again",
  q: "quit",
  escape: "quit",
}

/** What a key means while nothing is being typed. */
export function meaningOf({ name, sequence, ctrl }: Key): KeyMeaning | undefined {
  if (ctrl === true) return name === "c" || name === "d" ? "quit" : undefined
  if (sequence === "g") return "begin"
  if (sequence === "G") return "end"
  if (sequence === "/") return "jump"
  return name === undefined ? undefined : meanings[name]
}

/** What has been typed after one more key; undefined: it is given up. */
export function typed(text: string, { name, sequence = "", ctrl }: Key): string | undefined {
  if (name === "escape" || (ctrl === true && name === "c")) return undefined
  if (name === "backspace") return text === "" ? undefined : text.slice(0, -1)
  if (ctrl === true && name === "u") return ""
  return /^\P{Cc}+$/u.test(sequence) ? text + sequence : text
}
