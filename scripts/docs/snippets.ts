import { readFileSync } from "node:fs"
import { parseSync } from "vite"

/** A piece of code in a page or a comment. */
export interface Snippet {
  readonly path: string
  /** The file with everything else blanked out, so that a compiler's line numbers are those of the file. */
  readonly lines: string[]
  /** Whether it is TSX: by its fence, or as all that is about React. */
  readonly isTsx: boolean
  /** An `@example` may leave out what everybody knows; what stands in a page is there to be copied. */
  readonly mayOmit: boolean
}

/** A program of several files is shown as fences that begin with their file's name: `// main.ts`. */
export function fileNameOf({ lines }: Snippet): string | undefined {
  return /^\/\/ ([\w-]+\.tsx?)\b/.exec(lines.find((line) => line !== "") ?? "")?.[1]
}

/** The programs of a page: neighbouring snippets with names of their own, up to the one that repeats a name. */
export function programsOf(snippets: readonly Snippet[]): Map<string, Snippet>[] {
  const programs: Map<string, Snippet>[] = []
  for (const snippet of snippets) {
    const name = fileNameOf(snippet)
    if (name === undefined) continue
    if (programs.at(-1)?.has(name) !== false) programs.push(new Map())
    programs.at(-1)?.set(name, snippet)
  }
  return programs
}

/** Every `ts` and `tsx` fence of a Markdown page. One that is opened by `ts continues` goes on where the one before it ended. */
export function snippetsOfPage(path: string): Snippet[] {
  const snippets: Snippet[] = []
  let fence: { readonly snippet: Snippet | undefined } | undefined
  for (const [index, line] of readFileSync(path, "utf8").split("\n").entries()) {
    const mark = /^\s*```\s*(.*?)\s*$/.exec(line)?.[1]
    if (mark === undefined) fence?.snippet?.lines.push(line)
    else if (fence !== undefined) fence = undefined
    else {
      const isCode = /^(tsx?|typescript)\b/.test(mark)
      if (isCode && !mark.endsWith(" continues")) {
        snippets.push({ path, lines: [], isTsx: mark.startsWith("tsx"), mayOmit: false })
      }
      fence = { snippet: isCode ? snippets.at(-1) : undefined }
      if (fence.snippet) padTo(fence.snippet.lines, index + 1)
    }
  }
  return snippets
}

/** The code of every `@example` in a documentation comment, fenced or bare. */
export function snippetsOfSource(path: string): Snippet[] {
  const source = readFileSync(path, "utf8")
  const comments = parseSync(path, source).comments.filter(({ value }) => value.startsWith("*"))
  return comments.flatMap(({ value, start }) => {
    const above = source.slice(0, start).split("\n").length - 1
    const comment = value.split("\n").map((line) => line.replace(/^\s*\*? ?/, ""))
    return examplesIn(comment).map(([from, to]) => ({
      path,
      lines: [...padTo([], above + from), ...comment.slice(from, to)],
      isTsx: path.startsWith("adapters/react/"),
      mayOmit: true,
    }))
  })
}

/** The first line of the code in each `@example`, and the line after its last. */
function examplesIn(comment: readonly string[]): [from: number, to: number][] {
  const find = (pattern: RegExp, from: number): number => {
    const found = comment.findIndex((line, index) => index >= from && pattern.test(line))
    return found === -1 ? comment.length : found
  }
  return comment.flatMap((line, tag) => {
    if (!line.startsWith("@example")) return []
    const end = find(/^@\w/, tag + 1)
    const open = find(/^```tsx?\b/, tag)
    return [open < end ? [open + 1, find(/^```$/, open + 1)] : [tag + 1, end]]
  })
}

function padTo(lines: string[], length: number): string[] {
  while (lines.length < length) lines.push("")
  return lines
}
