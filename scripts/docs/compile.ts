import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { omittedFrom } from "./omitted.ts"
import { fileNameOf, programsOf, type Snippet } from "./snippets.ts"

/** Inside the repository, so that `import "tasktor"` means this package; git ignores it. */
const folder = ".docs"

const tsconfig = {
  extends: "../tsconfig.json",
  compilerOptions: {
    // with another outDir the package's name leads to dist/, that is to what users get
    outDir: "out",
    // what an example declares is for its reader
    noUnusedLocals: false,
    noUnusedParameters: false,
    erasableSyntaxOnly: false,
  },
  include: ["**/*.ts", "**/*.tsx"],
}

/** Type-checks each snippet as a module of its own, those of one program side by side; returns what the compiler says, at the place in the page or source. */
export function compileSnippets(snippets: readonly Snippet[]): string[] {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig))
  const files = filesOf(snippets)
  for (const [file, { lines, mayOmit }] of files) {
    const code = lines.join("\n")
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${mayOmit ? omittedFrom(code) : ""}${code}\nexport {}\n`)
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["node_modules/typescript/bin/tsc", "-p", folder, "--pretty", "false"],
    { encoding: "utf8" },
  )
  rmSync(folder, { recursive: true })
  if (status === 0) return []
  return `${stdout}${stderr}`
    .trim()
    .split("\n")
    .map((line) =>
      line.replace(/^(\.docs\/[^(]+)\((\d+),\d+\)/, (_, file: string, row) => `${files.get(file)?.path}:${row}`),
    )
}

/** Where each of them is written. */
function filesOf(snippets: readonly Snippet[]): Map<string, Snippet> {
  const alone = snippets.filter((snippet) => fileNameOf(snippet) === undefined)
  const pages = Map.groupBy(snippets, ({ path }) => path)
  return new Map([
    ...alone.map((snippet, index): [string, Snippet] => [
      join(folder, `${index}.${snippet.isTsx ? "tsx" : "ts"}`),
      snippet,
    ]),
    ...[...pages.values()]
      .flatMap(programsOf)
      .flatMap((program, index) =>
        [...program].map(([name, snippet]): [string, Snippet] => [join(folder, String(index), name), snippet]),
      ),
  ])
}
