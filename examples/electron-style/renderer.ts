/** The process that draws one window; this one draws lines. It knows nothing of tasks, only messages. */
import type { Message } from "./messages.ts"

const [, , title] = process.argv
let drawn = -1

process.on("message", (message: Message) => {
  if (message.channel === "done") return console.log(`[${title}] ${message.text}`)
  const quarter = Math.floor(message.progress * 4)
  if (quarter > drawn) console.log(`[${title}] ${quarter * 25} % ${message.message ?? ""}`.trimEnd())
  drawn = quarter
})
// Ctrl-C in a terminal reaches all its processes: windows go when the main process closes them.
process.on("SIGINT", () => undefined)
