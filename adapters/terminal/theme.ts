import type { TaskStatus } from "../../machines/task/snapshot.ts"

/** What a piece of text means; the palette decides how that looks. */
export type Tone = "plain" | "dim" | "bold" | "good" | "bad" | "warn" | "accent"

export interface Glyphs {
  readonly marks: Readonly<Record<TaskStatus, string>>
  readonly backoff: string
  readonly spinner: readonly string[]
  readonly barDone: string
  readonly barLeft: string
  readonly branch: string
  readonly lastBranch: string
  readonly trunk: string
  readonly ellipsis: string
  readonly dot: string
  readonly under: string
}

export interface Theme {
  readonly glyphs: Glyphs
  paint(tone: Tone, text: string): string
}

/** The variables that terminals and their users steer programs with. */
export type Environment = Readonly<Record<string, string | undefined>>

const rich: Glyphs = {
  marks: { pending: "◌", running: "▶", completed: "✔", failed: "✖", cancelled: "◼" },
  backoff: "↻",
  spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
  barDone: "━",
  barLeft: "─",
  branch: "├ ",
  lastBranch: "└ ",
  trunk: "│ ",
  ellipsis: "…",
  dot: "·",
  under: "›",
}

/** For the Linux console and old Windows ones, whose fonts lack the others. */
const ascii: Glyphs = {
  marks: { pending: ".", running: ">", completed: "+", failed: "x", cancelled: "#" },
  backoff: "~",
  spinner: ["|", "/", "-", "\\"],
  barDone: "=",
  barLeft: "-",
  branch: "|-",
  lastBranch: "`-",
  trunk: "| ",
  ellipsis: "~",
  dot: "-",
  under: ">",
}

const sgr: Readonly<Record<Tone, readonly [open: string, close: string]>> = {
  plain: ["", ""],
  dim: ["\x1b[2m", "\x1b[22m"],
  bold: ["\x1b[1m", "\x1b[22m"],
  good: ["\x1b[32m", "\x1b[39m"],
  bad: ["\x1b[31m", "\x1b[39m"],
  warn: ["\x1b[33m", "\x1b[39m"],
  accent: ["\x1b[36m", "\x1b[39m"],
}

/** Glyphs and colours for a stream. `FORCE_COLOR` wins over `NO_COLOR` (https://no-color.org), both over what the stream is. */
export function themeFor(isTTY: boolean, env: Environment): Theme {
  const colours = wantsColours(isTTY, env)
  return {
    glyphs: hasUnicode(env) ? rich : ascii,
    paint: (tone, text) => (colours && text !== "" ? sgr[tone][0] + text + sgr[tone][1] : text),
  }
}

function wantsColours(isTTY: boolean, env: Environment): boolean {
  const force = env["FORCE_COLOR"]
  if (force !== undefined) return force !== "0" && force !== "false"
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false
  return isTTY && env["TERM"] !== "dumb"
}

function hasUnicode(env: Environment): boolean {
  if (env["OS"] === "Windows_NT") {
    return env["WT_SESSION"] !== undefined || env["TERM_PROGRAM"] !== undefined || env["TERM"] !== undefined
  }
  return env["TERM"] !== "linux"
}
