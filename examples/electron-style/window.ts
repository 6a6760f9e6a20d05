import { fork, type ChildProcess } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { MainLoop } from "./main-loop.ts"
import type { Message } from "./messages.ts"

/** A window, and the process that draws it: Electron's BrowserWindow. To be touched in the main loop alone. */
export class Window {
  readonly id: number
  readonly title: string
  readonly #loop: MainLoop
  readonly #renderer: ChildProcess
  #isClosed = false

  /** @param closed Called in the main loop, once: somebody closed it, or its renderer is gone. */
  constructor(loop: MainLoop, id: number, title: string, closed: (window: Window) => void) {
    loop.check("open a window")
    this.#loop = loop
    this.id = id
    this.title = title
    this.#renderer = fork(fileURLToPath(new URL("./renderer.ts", import.meta.url)), [title])
    this.#renderer.once("exit", () => {
      loop.invoke(() => {
        this.#isClosed = true
        closed(this)
      })
    })
  }

  /** To the page; what comes when the window is closed is lost. */
  send(message: Message): void {
    this.#loop.check("send to a window")
    // Where it cannot be sent, the renderer has just died: that is told by its exit.
    if (!this.#isClosed && this.#renderer.connected) this.#renderer.send(message, () => {})
  }

  /** The renderer draws what it was sent, and ends. */
  close(): void {
    this.#loop.check("close a window")
    if (this.#renderer.connected) this.#renderer.disconnect()
  }
}
