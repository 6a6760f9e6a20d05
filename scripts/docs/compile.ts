import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { omittedFrom } from "./omitted.ts"
import type { Snippet } from "./snippets.ts"

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
  include: ["*.ts"],
}

/** Type-checks each snippet as a module of its own; returns what the compiler says, at the place in the page or source. */
export function compileSnippets(snippets: readonly Snippet[]): string[] {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig))
  for (const [index, { lines, mayOmit }] of snippets.entries()) {
    const code = lines.join("\n")
    writeFileSync(join(folder, `${index}.ts`), `${mayOmit ? omittedFrom(code) : ""}${code}\nexport {}\n`)
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
      line.replace(/^\.docs\/(\d+)\.ts\((\d+),\d+\)/, (_, index, row) => `${snippets[Number(index)]?.path}:${row}`),
    )
}
