import { basename } from "node:path"
import { createSupervisor, describeCancel, describeFailure, type Outcome, type Supervisor } from "tasktor"
import { digest, type Digest } from "./digest.ts"
import { MainLoop } from "./main-loop.ts"
import { Window } from "./window.ts"

/** The main process: its windows, and the supervisor whose every callback comes in the main loop. */
export class App {
  readonly loop = new MainLoop()
  readonly #supervisor: Supervisor
  readonly #windows = new Map<number, Window>()
  readonly #print: (line: string) => void
  #opened = 0
  #badge = 0

  constructor(print: (line: string) => void) {
    this.#print = print
    this.#supervisor = createSupervisor({ dispatch: this.loop.invoke })
    this.#supervisor.tasksUpdated.connect((tasks) => this.#setBadge(tasks.length))
  }

  /** A window that shows how a file is hashed, and closes when that is done. */
  open(path: string): void {
    const id = ++this.#opened
    const window = new Window(this.loop, id, basename(path), (closed) => this.#closed(closed))
    this.#windows.set(id, window)
    const task = this.#supervisor.run(digest(path), {
      tags: [tagOf(window)],
      whenDone: ({ snapshot }) => {
        if (snapshot.outcome !== undefined) window.send({ channel: "done", text: textOf(snapshot.outcome) })
        window.close()
      },
    })
    task.subscribe(({ progress, message }) => window.send({ channel: "progress", progress, message }))
  }

  close(id: number): void {
    this.#windows.get(id)?.close()
  }

  /** Ends the work in order: each task's end closes its window, and the last window ends the program. */
  quit(): void {
    void this.#supervisor.shutdown({ grace: "1 second" })
  }

  #closed(window: Window): void {
    this.#windows.delete(window.id)
    this.#print(`window ${window.id} is closed`)
    // Who closes a window does not want its work any more. A promise does not come by the main loop: what follows from it has to be brought there.
    void this.#supervisor.cancel({ tag: tagOf(window) }, "its window was closed").then((receipts) => {
      this.loop.invoke(() => {
        for (const receipt of receipts) this.#print(`the work of window ${window.id}: ${receipt}`)
      })
    })
    if (this.#windows.size === 0) this.quit()
  }

  /** Electron: `app.setBadgeCount`. */
  #setBadge(count: number): void {
    this.loop.check("set the badge")
    if (count !== this.#badge) this.#print(`badge: ${count}`)
    this.#badge = count
  }
}

function tagOf({ id }: Window): string {
  return `window ${id}`
}

function textOf(outcome: Outcome<Digest>): string {
  switch (outcome.status) {
    case "completed":
      return `${outcome.output.sha256} ${outcome.output.bytes} bytes`
    case "failed":
      return `failed: ${describeFailure(outcome.failure)}`
    case "cancelled":
      return `cancelled: ${describeCancel(outcome.reason)}`
  }
}
