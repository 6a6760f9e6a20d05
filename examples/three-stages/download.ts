import { createWriteStream } from "node:fs"
import { rename } from "node:fs/promises"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { defineTask } from "tasktor"

/** A page that is to be downloaded, and the folder where it is to stand. */
export interface Page {
  readonly site: string
  readonly name: string
  readonly folder: string
}

/** Downloads one page into a file: it waits for the network, so it is a coroutine. Gives the file's path. */
export const download = defineTask({
  name: "download",
  run: async (ctx, { site, name, folder }: Page): Promise<string> => {
    // In a URL and in a folder alike: no name leads out of it.
    const safeName = encodeURIComponent(name)
    const response = await fetch(`${site}/${safeName}`, { signal: ctx.signal })
    if (!response.ok || response.body === null) throw new Error(`${name}: the site answers ${response.status}`)
    const path = join(folder, safeName)
    await pipeline(response.body, createWriteStream(`${path}.part`), { signal: ctx.signal })
    await rename(`${path}.part`, path)
    return path
  },
})
