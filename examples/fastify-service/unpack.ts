import { readFileSync, writeFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { defineTask } from "tasktor"
import { entriesOf, type Entry } from "./tar.ts"

/** What an upload may come to when it is unpacked: a gzip file of a few kilobytes can hold gigabytes. */
const largest = 256 * 2 ** 20

/**
 * Unpacks what a stranger has sent, and says what is in it. In a process of its own: what the archive does to the parser, it does to that
 * process alone, and what takes too long or too much memory is killed with it.
 */
export const unpack = defineTask({
  name: "unpack",
  module: import.meta.url,
  executor: "process",
  queue: "strangers", // one at a time: what they take of memory is known then
  timeout: { hard: "30 seconds" },
  visible: false,
  run: (_ctx, upload: string, archive: string): Entry[] => {
    const bytes = gunzipSync(readFileSync(upload), { maxOutputLength: largest })
    const entries = entriesOf(bytes)
    writeFileSync(archive, bytes)
    return entries
  },
})
