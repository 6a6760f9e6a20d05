import { readFileSync } from "node:fs"
import { defineTask } from "tasktor"
import { systemPath, type FilePath } from "./file-path.ts"
import { packageFacts, type PackageFacts } from "./package-facts.ts"
import { reasonOf } from "./reason.ts"
import { sourceMapFacts, type SourceMapFacts } from "./source-map-facts.ts"

export type FileKind = "package" | "source-map"

export interface Suspect {
  readonly path: FilePath
  readonly bytes: number
  readonly kind: FileKind
}

/** What is said of one file: its facts, or why it has none. */
export type Inspected = PackageFacts | SourceMapFacts | { readonly broken: string }

/** V8 needs many times its size for a text that it parses, and no text may be longer than 512 MiB. */
const largest = 128 * 2 ** 20

/** Which files are parsed. Maps are taken for source maps by their double ending: `app.js.map`, `style.css.map`. */
export function kindOf(path: FilePath): FileKind | undefined {
  const name = typeof path === "string" ? path : Buffer.from(path).toString("latin1")
  if (/(^|\/)package\.json$/.test(name)) return "package"
  return /\.\w+\.map$/.test(name) ? "source-map" : undefined
}

/**
 * Parses files that nobody vouches for. In a process of its own: what one of them does to the parser, be it that it takes all memory,
 * it does to that process alone.
 */
export const inspect = defineTask({
  name: "inspect",
  module: import.meta.url,
  executor: "process",
  timeout: { hard: "60 seconds" },
  run: (ctx, root: string, files: readonly Suspect[]): Inspected[] => {
    ctx.setTotal(files.length)
    return files.map((file, index) => {
      ctx.throwIfCancelled()
      ctx.setProgress(index)
      return inspectFile(root, file)
    })
  },
})

function inspectFile(root: string, { path, bytes, kind }: Suspect): Inspected {
  if (bytes > largest) return { broken: "too large to parse" }
  try {
    const value = parse(readFileSync(systemPath(root, path), "utf8"))
    return kind === "package" ? packageFacts(value) : sourceMapFacts(value)
  } catch (error) {
    return { broken: reasonOf(error) }
  }
}

/** JSON, after a byte order mark and the line with which source maps keep themselves from being run as a script. */
function parse(text: string): unknown {
  return JSON.parse(text.replace(/^\uFEFF/, "").replace(/^\)\]\}'[^\n]*\n/, ""))
}
