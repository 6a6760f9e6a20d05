import { emitKeypressEvents } from "node:readline"
import type { StoreReader } from "../../../runtime/ports/store.ts"
import { pageOf } from "../text-table.ts"
import { Player } from "./player.ts"
import { type Key, meaningOf, typed } from "./replay-keys.ts"
import { replayScreen } from "./replay-screen.ts"
import type { Tape } from "./tape.ts"

const enter = "\x1b[?1049h\x1b[?25l"
const leave = "\x1b[?25h\x1b[?1049l"

/** Steps through the log on the terminal's other screen; resolves when the reader has had enough. */
export async function stepThrough(tape: Tape, reader: StoreReader): Promise<void> {
  const { stdin, stdout } = process
  const player = new Player(tape, reader)
  const left = Promise.withResolvers<void>()
  const { theme } = pageOf(stdout)
  let text: string | undefined
  let sought = ""
  let said: string | undefined

  const draw = (): void => {
    const prompt = text === undefined ? said : `Jump to a time, a position or a task: ${text}█`
    const size = { columns: stdout.columns || 80, rows: stdout.rows || 24 }
    const { position, fact } = player
    const fold = tape.foldAt(position)
    const lines = replayScreen({ file: reader.name, position, last: tape.last, fold, fact, prompt }, size, theme)
    stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join("\r\n")}\x1b[J`)
  }
  const jump = (to: string): void => {
    sought = to
    if (!player.jump(to)) said = `Nothing has to do with ${to}`
  }
  const onKey = (_character: string | undefined, key: Key): void => {
    said = undefined
    if (text !== undefined) {
      if (key.name === "return" || key.name === "enter") {
        if (text !== "") jump(text)
        text = undefined
      } else text = typed(text, key)
      return draw()
    }
    const meaning = meaningOf(key)
    if (meaning === "quit") return left.resolve()
    if (meaning === "jump") text = ""
    else if (meaning === "again") jump(sought)
    else if (meaning !== undefined) player.move(meaning)
    draw()
  }
  const restore = (): void => {
    stdin.setRawMode(false)
    stdout.write(leave)
  }

  emitKeypressEvents(stdin)
  stdin.setRawMode(true)
  stdin.on("keypress", onKey).resume()
  stdout.write(enter)
  stdout.on("resize", draw).on("error", () => left.resolve())
  process.on("exit", restore)
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => left.resolve())
  try {
    draw()
    await left.promise
  } finally {
    process.off("exit", restore)
    stdin.off("keypress", onKey).pause()
    restore()
  }
}
