import { readFileSync } from "node:fs"
import { parseSync } from "vite"

export interface Import {
  /** As it is written: `"../task/run.ts"`, `"node:fs"`; `undefined` for a dynamic import of something computed. */
  readonly specifier: string | undefined
  readonly isTypeOnly: boolean
}

/** A node of the syntax tree, as far as these checks look at it. */
export interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

export interface Module {
  readonly path: string
  readonly imports: readonly Import[]
  /** The statements at the top. */
  readonly body: readonly Node[]
}

/**
 * Everything by which a module refers to another one: `import`, `export … from`, `import()`, `import("…").Type` and
 * `new URL("….js", import.meta.url)`. Read from the syntax tree, so that comments and strings do not count.
 */
export function readModule(path: string, source: string = readFileSync(path, "utf8")): Module {
  const { program, module, errors } = parseSync(path, source)
  if (errors.length > 0) throw new SyntaxError(`Cannot read ${path}: ${errors[0]?.message}`)
  const imports: Import[] = []
  for (const { moduleRequest, entries } of module.staticImports)
    imports.push({ specifier: moduleRequest.value, isTypeOnly: areTypes(entries) })
  for (const { entries } of module.staticExports) {
    const from = entries.find((entry) => entry.moduleRequest)?.moduleRequest
    if (from) imports.push({ specifier: from.value, isTypeOnly: areTypes(entries) })
  }
  const body = program.body as unknown as Node[]
  for (const node of nodesOf(body)) {
    if (node.type === "ImportExpression") imports.push({ specifier: text(node["source"]), isTypeOnly: false })
    if (node.type === "TSImportType") imports.push({ specifier: text(node["source"]), isTypeOnly: true })
    if (node.type === "NewExpression" && isRelativeUrl(node, source))
      imports.push(...urlsOf(node).map((specifier) => ({ specifier, isTypeOnly: false })))
  }
  return { path, imports, body }
}

/** Every node of a tree, parents before children. */
export function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== "object" || value === null) return
  if (isNode(value)) yield value
  for (const child of Object.values(value)) yield* nodesOf(child)
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
}

function areTypes(entries: readonly { readonly isType: boolean }[]): boolean {
  return entries.length > 0 && entries.every((entry) => entry.isType)
}

/** `new URL(x, import.meta.url)` */
function isRelativeUrl(node: Node, source: string): boolean {
  return /^new URL\([^]*,\s*import\.meta\.url,?\s*\)$/.test(
    source.slice(node["start"] as number, node["end"] as number),
  )
}

/** The modules among the addresses that `new URL(…)` may be given: `isSource ? "./entry.ts" : "./entry.js"` are two. */
function urlsOf(node: Node): string[] {
  const [address] = node["arguments"] as readonly unknown[]
  return [...nodesOf(address)].map(text).filter((url) => url !== undefined && /\.[cm]?[jt]sx?$/.test(url)) as string[]
}

function text(node: unknown): string | undefined {
  return isNode(node) && node.type === "Literal" && typeof node["value"] === "string" ? node["value"] : undefined
}
