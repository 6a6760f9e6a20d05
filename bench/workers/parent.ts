/** A program with a deaf body in a process of its own: it prints the process's number, and waits to be killed. */
import { createSupervisor, defineTask } from "tasktor"

export const deafChild = defineTask({
  name: "deafChild",
  module: import.meta.url,
  executor: "process",
  run: (ctx): never => {
    ctx.setMessage(String(process.pid))
    ctx.flush()
    for (;;);
  },
})

// Its worker imports this module as well, with the pool's arguments.
if (process.argv[2] === "be the parent") {
  const task = createSupervisor().run(deafChild())
  task.subscribe(({ message }) => {
    if (message) console.log(message)
  })
}
