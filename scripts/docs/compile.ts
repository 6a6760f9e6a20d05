import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseSync } from "vite"
import type { Snippet } from "./snippets.ts"

/** Inside the repository, so that `import "tasktor"` means this package; git ignores it. */
const folder = ".docs"

const tsconfig = {
  extends: "../tsconfig.json",
  // with another outDir the package's name leads to dist/, that is to what users get
  compilerOptions: { outDir: "out", noUnusedLocals: false, noUnusedParameters: false },
  include: ["*.ts"],
}

/** Type-checks each snippet as a module of its own; returns what the compiler says, at the place in the page or source. */
export function compileSnippets(snippets: readonly Snippet[]): string[] {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig))
  for (const [index, { lines, mayOmitImports }] of snippets.entries()) {
    const code = lines.join("\n")
    writeFileSync(join(folder, `${index}.ts`), mayOmitImports ? missingImports(code) + code : code)
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

/** An import, without a line of its own, of the public names that an example uses and neither imports nor declares. */
function missingImports(code: string): string {
  const has = (pattern: string): boolean => new RegExp(pattern).test(code)
  const missing = publicNames.filter(
    ({ name }) =>
      has(`\\b${name}\\b`) && !has(`\\b(const|let|function|class|type|interface) ${name}\\b|import [^"]*\\b${name}\\b`),
  )
  return `import { ${missing.map(({ name, isType }) => (isType ? `type ${name}` : name)).join(", ")} } from "tasktor";`
}

/** What the built package exports. */
const publicNames = readPublicNames()

function readPublicNames(): { readonly name: string; readonly isType: boolean }[] {
  const declarations = fileURLToPath(import.meta.resolve("tasktor")).replace(/\.js$/, ".d.ts")
  const { staticExports } = parseSync(declarations, readFileSync(declarations, "utf8")).module
  return staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ exportName: { name }, isType }) => (name === null ? [] : { name, isType })),
  )
}
