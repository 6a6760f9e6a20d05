import { readFileSync, writeFileSync } from "node:fs"
import { defineTask } from "tasktor"

/** Counts the words of one page, in a thread: it computes. Gives the path of a JSON file, `[[word, count], …]`. */
export const countWords = defineTask({
  name: "count words",
  module: import.meta.url,
  executor: "thread",
  run: (ctx, page: string): string => {
    const text = readFileSync(page, "utf8")
    ctx.setTotal(text.length)
    const counts = new Map<string, number>()
    for (const { 0: word, index } of text.matchAll(/\p{L}+/gu)) {
      ctx.throwIfCancelled()
      ctx.setProgress(index)
      const key = word.toLowerCase()
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    const path = `${page}.words.json`
    writeFileSync(path, JSON.stringify([...counts]))
    return path
  },
})
