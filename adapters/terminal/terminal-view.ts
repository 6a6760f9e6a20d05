import type { Writable } from "node:stream"
import { WriteStream } from "node:tty"
import type { LogLevel } from "../../machines/task/events.ts"
import type { TaskView } from "../../runtime/supervisor/view.ts"
import { type FactView, LiveView } from "./live-view.ts"
import { isLoggedFrom } from "./log-text.ts"
import { PlainLines, type PlainOptions } from "./plain-lines.ts"
import { screenOf } from "./screen.ts"
import { themeFor } from "./theme.ts"
import { systemTimer, type ViewTimer } from "./view-timer.ts"

export interface TerminalViewOptions {
  /** Where to draw. Default `process.stderr`: stdout stays free for the program's output. */
  readonly stream?: Writable
  /** `true` draws the live tree, `false` prints plain lines. Default: live on a terminal that can move its cursor. */
  readonly live?: boolean
  /** The lowest level of the bodies' log lines that are printed. Default "info". */
  readonly log?: LogLevel | "none"
  /** Default: the system's time. */
  readonly timer?: ViewTimer
  /** `NO_COLOR`, `FORCE_COLOR` and `TERM` are read from here. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** A view that goes on until it is stopped. */
export interface TerminalView {
  /** Prints what is still to be printed and leaves the terminal as it was. A second call does nothing. */
  stop(): void
  [Symbol.dispose](): void
}

/**
 * Shows tasks in a terminal: on a TTY the living ones as a tree with bars, and a permanent line for each that has settled;
 * elsewhere plain lines without escape codes. While the tree is shown, what the program itself prints to the terminal appears
 * above it.
 *
 * @example
 * import { createSupervisor, terminalView } from "tasktor"
 *
 * await using supervisor = createSupervisor()
 * const terminal = terminalView(supervisor)
 * const count = supervisor.addCoroutine(async (ctx) => ctx.setProgress(1), [])
 * await count.outcome()
 * terminal.stop()
 */
export function terminalView(
  view: Pick<TaskView, "getSnapshot" | "onFact">,
  options: TerminalViewOptions = {},
): TerminalView {
  const { stream = process.stderr, log = "info", timer = systemTimer, env = process.env } = options
  const isTTY = stream instanceof WriteStream
  if (options.live === true && !isTTY) {
    throw new TypeError(
      "Cannot draw a live tree: the stream is not a terminal; leave out `live`, or give a tty.WriteStream",
    )
  }
  const theme = themeFor(isTTY, env)
  const showsLog: PlainOptions["showsLog"] = (fact) => isLoggedFrom(log, fact)
  const stop =
    isTTY && (options.live ?? env["TERM"] !== "dumb")
      ? liveView(view, stream, { theme, showsLog, timer })
      : plainView(view, stream, { theme, showsLog })
  return { stop, [Symbol.dispose]: stop }
}

function liveView(
  view: FactView,
  stream: WriteStream,
  options: PlainOptions & { readonly timer: ViewTimer },
): () => void {
  const alongside = [...new Set([stream, process.stdout, process.stderr])].filter(
    (other) => other instanceof WriteStream,
  )
  const live = new LiveView({ view, screen: screenOf(stream, alongside), ...options })
  return () => live.stop()
}

function plainView(view: FactView, stream: Writable, options: PlainOptions): () => void {
  const lines = new PlainLines(view.getSnapshot().tasks, options)
  const release = view.onFact((fact) => {
    const line = lines.line(fact)
    if (line !== undefined && !stream.destroyed) stream.write(`${line}\n`)
  })
  // whoever read the lines went away (EPIPE): nothing that would concern the tasks
  stream.on("error", release)
  return () => {
    release()
    stream.off("error", release)
  }
}
