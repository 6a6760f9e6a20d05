/** The first module of every web worker. Bundlers find it by its URL, and make a script of it and all that it imports. */
import type { Birth } from "./birth.ts"
import { WorkerLife } from "./worker-life.ts"

if (typeof document !== "undefined") throw new Error("Cannot run the entry of a web worker in a page")

self.onmessage = ({ data }: MessageEvent<Birth>) => {
  self.onmessage = null
  void new WorkerLife(data).begin()
}
