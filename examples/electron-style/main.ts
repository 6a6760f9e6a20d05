import { createInterface } from "node:readline"
import { App } from "./app.ts"

const app = new App((line) => console.log(line))
const { invoke } = app.loop

// The user's mouse: `close 1`, `quit`.
const input = createInterface(process.stdin)
input.on("line", (line) => {
  const [, id] = /^close (\d+)$/.exec(line) ?? []
  if (id !== undefined) invoke(() => app.close(Number(id)))
  if (line === "quit") invoke(() => app.quit())
})
process.on("SIGINT", () => invoke(() => app.quit())).on("SIGTERM", () => invoke(() => app.quit()))
// Only windows keep the program alive.
process.stdin.unref?.()

const paths = process.argv.slice(2)
if (paths.length === 0) console.error("Usage: node examples/electron-style/main.ts FILE…")
invoke(() => {
  for (const path of paths) app.open(path)
})
