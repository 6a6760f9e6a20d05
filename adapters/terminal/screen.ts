import type { WriteStream } from "node:tty"
import { captureWrites } from "./capture-writes.ts"

/** A terminal, as far as the live view touches it. */
export interface Screen {
  size(): { readonly columns: number; readonly rows: number }
  /** False while it has not yet shown what it was given. */
  isReady(): boolean
  write(text: string): void
  /** Hands over, in whole lines, what the program itself writes to this terminal. All of these return what undoes them. */
  capture(print: (lines: string) => void): () => void
  onResize(listener: () => void): () => void
  /** After the program was suspended (Ctrl-Z) and goes on. */
  onContinue(listener: () => void): () => void
  onExit(listener: () => void): () => void
}

/** The screen behind a TTY stream; `alongside` are the streams whose writes would tear the frame apart. */
export function screenOf(stream: WriteStream, alongside: readonly WriteStream[]): Screen {
  const write = stream.write.bind(stream)
  let broken = false
  // the terminal is gone (hang-up): there is no one left to draw for
  const onError = (): void => void (broken = true)
  return {
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    isReady: () => !stream.writableNeedDrain,
    write: (text) => {
      if (!broken && !stream.destroyed) write(text)
    },
    capture: (print) => {
      stream.on("error", onError)
      const restore = captureWrites(alongside, print)
      return () => {
        restore()
        stream.off("error", onError)
      }
    },
    onResize: (listener) => listening(stream, "resize", listener),
    onContinue: (listener) => listening(process, "SIGCONT", listener),
    onExit: (listener) => listening(process, "exit", listener),
  }
}

function listening(emitter: NodeJS.EventEmitter, event: string, listener: () => void): () => void {
  emitter.on(event, listener)
  return () => emitter.off(event, listener)
}
