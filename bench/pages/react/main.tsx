/** A page with a thousand live tasks, each of which sets its progress in every frame: `?rows=` says how they are shown. */
import type { ReactNode } from "react"
import { createRoot } from "react-dom/client"
import { createSupervisor, defineTask, type TaskContext } from "tasktor"
import { SupervisorProvider, TaskList, type TaskRowProps, useProgress, useTasks } from "tasktor/react"

const crowd = 1000
const contexts: TaskContext[] = []
const lasts = defineTask({
  name: "lasts",
  run: (ctx) => {
    contexts.push(ctx)
    return new Promise<void>(() => {})
  },
})

/** So many frames until they are done: a step shows as a percent in every sixth frame, but a message in each. */
const framesOfTask = 600

const asked = new URLSearchParams(location.search)
const pages: Readonly<Record<string, ReactNode>> = {
  TaskList: <TaskList />,
  useProgress: <TaskList row={Percent} />,
  useTasks: <All />,
  nothing: null,
}

function Percent({ id }: TaskRowProps): ReactNode {
  return <li>{Math.round(useProgress(id) * 100)} %</li>
}

/** How it is done without a subscription for each task. */
function All(): ReactNode {
  return useTasks().map(({ id, progress }) => <li key={id}>{Math.round(progress * 100)} %</li>)
}

const supervisor = createSupervisor()
// At different moments, as tasks begin: each has a rhythm of its own.
for (let n = 0; n < crowd; n++) supervisor.run(lasts(), { delay: n })

const page = pages[asked.get("rows") ?? ""]
const talks = asked.has("messages")
const root = document.querySelector("#root")
if (page === undefined || root === null) throw new Error(`Say ?rows= and one of ${Object.keys(pages).join(", ")}`)

let frame = 0
function tick(): void {
  frame++
  for (const ctx of contexts) {
    ctx.setProgress(frame / framesOfTask)
    if (talks) ctx.setMessage(`step ${frame}`)
  }
  requestAnimationFrame(tick)
}

createRoot(root).render(<SupervisorProvider supervisor={supervisor}>{page}</SupervisorProvider>)
requestAnimationFrame(tick)
