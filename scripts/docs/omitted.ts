import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseSync } from "vite"

/** The cast of the examples, who need no introduction. */
const cast = { supervisor: "Supervisor", ctx: "TaskContext" }

/** What an `@example` uses and leaves out: imports of public names, and its cast. Without a line of its own. */
export function omittedFrom(code: string): string {
  const has = (pattern: string): boolean => new RegExp(pattern).test(code)
  const isOmitted = (name: string): boolean =>
    has(`\\b${name}\\b`) &&
    !has(`\\b(const|let|using|function|class|type|interface) ${name}\\b|import [^"]*\\b${name}\\b`)
  const imports = publicNames.filter(({ name }) => isOmitted(name))
  const members = Object.entries(cast).filter(([name]) => isOmitted(name))
  return [
    ...imports.map(({ name, isType, entry }) => `import ${isType ? "type " : ""}{ ${name} } from "${entry}";`),
    ...members.map(([name, type]) => `declare const ${name}: import("tasktor").${type};`),
  ].join("")
}

interface PublicName {
  readonly name: string
  readonly isType: boolean
  readonly entry: string
}

/** What the built package exports; a name of several entry points is the first one's. */
const publicNames = await readPublicNames(
  "tasktor",
  "tasktor/testing",
  "tasktor/machines",
  "tasktor/inspector",
  "tasktor/react",
  "tasktor/sqlite",
)

async function readPublicNames(...entries: readonly string[]): Promise<PublicName[]> {
  const found = new Map<string, PublicName>()
  for (const entry of entries) {
    const values = (await import(entry)) as object
    const declarations = fileURLToPath(import.meta.resolve(entry)).replace(/\.js$/, ".d.ts")
    for (const name of namesIn(declarations))
      if (!found.has(name)) found.set(name, { name, isType: !(name in values), entry })
  }
  return [...found.values()]
}

function namesIn(declarations: string): string[] {
  const { staticExports } = parseSync(declarations, readFileSync(declarations, "utf8")).module
  return staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ exportName, moduleRequest }) => {
      if (exportName.name !== null) return exportName.name
      if (moduleRequest === null) return []
      // export * from "…"
      return namesIn(join(dirname(declarations), moduleRequest.value.replace(/\.[jt]s$/, ".d.ts")))
    }),
  )
}
