import { join } from "node:path/posix"
import { nodesOf, readModule, type Node } from "./imports.ts"

/** Something that a declaration file declares. */
export interface Declaration {
  /** `dist/runtime/task/handle.d.ts TaskHandle` */
  readonly id: string
  readonly file: string
  readonly nodes: readonly Node[]
}

interface Origin {
  readonly file: string
  readonly name: string
}

/** What the names in one file mean. */
interface File {
  /** A function has one node for each of its signatures. */
  readonly own: Map<string, Node[]>
  /** From files of this package; a name that is in neither map is a library's, or the language's. */
  readonly imported: Map<string, Origin>
  readonly exported: Map<string, Origin>
  /** `export *` from these. */
  readonly passedOn: string[]
}

/** The built declarations: what can be imported, and what mentions what. */
export class Declarations {
  readonly #files = new Map<string, File>()

  exportsOf(path: string): Declaration[] {
    const { exported, passedOn } = this.#file(path)
    const own = [...exported.values()].flatMap((origin) => this.#find(origin) ?? [])
    return [...own, ...passedOn.flatMap((file) => this.exportsOf(file))]
  }

  /** The package's own declarations that this one is made of. */
  mentionedBy({ file, nodes }: Declaration): Declaration[] {
    const all = nodes.flatMap((node) => [...nodesOf(node)])
    const parameters = all.filter(({ type }) => type === "TSTypeParameter").map(({ name }) => firstName(name))
    const names = new Set(all.flatMap(mentionIn).filter((name) => !parameters.includes(name)))
    return [...names].flatMap((name) => this.#find({ file, name }) ?? [])
  }

  #find({ file, name }: Origin): Declaration | undefined {
    const { own, imported, exported, passedOn } = this.#file(file)
    const nodes = own.get(name)
    if (nodes !== undefined) return { id: `${file} ${name}`, file, nodes }
    const origin = imported.get(name) ?? exported.get(name)
    if (origin !== undefined) return this.#find(origin)
    return passedOn.flatMap((other) => this.#find({ file: other, name }) ?? [])[0]
  }

  #file(path: string): File {
    const known = this.#files.get(path)
    if (known !== undefined) return known
    const file: File = { own: new Map(), imported: new Map(), exported: new Map(), passedOn: [] }
    this.#files.set(path, file)
    for (const statement of readModule(path).body) readStatement(path, statement, file)
    return file
  }
}

function readStatement(path: string, statement: Node, { own, imported, exported, passedOn }: File): void {
  const from = fileOf(path, statement["source"])
  const specifiers = (statement["specifiers"] ?? []) as readonly Node[]
  switch (statement.type) {
    case "ImportDeclaration":
      for (const { imported: theirs, local } of specifiers)
        if (from !== undefined) imported.set(firstName(local), { file: from, name: firstName(theirs ?? local) })
      return
    case "ExportAllDeclaration":
      if (from !== undefined) passedOn.push(from)
      return
    case "ExportNamedDeclaration":
      for (const { local, exported: outside } of specifiers)
        if (from !== undefined || statement["source"] === null)
          exported.set(firstName(outside), { file: from ?? path, name: firstName(local) })
      for (const name of declare(statement["declaration"], own)) exported.set(name, { file: path, name })
      return
    default:
      declare(statement, own)
  }
}

/** Notes what a statement declares, and gives its names. */
function declare(statement: unknown, own: Map<string, Node[]>): string[] {
  const node = statement as Node | null
  const declared = (node?.type === "VariableDeclaration" ? node["declarations"] : [node]) as readonly (Node | null)[]
  return declared.flatMap((one) => {
    if (!one?.["id"]) return []
    const name = firstName(one["id"])
    own.set(name, [...(own.get(name) ?? []), one])
    return name
  })
}

function mentionIn(node: Node): string[] {
  switch (node.type) {
    case "TSTypeReference":
      return [firstName(node["typeName"])]
    case "TSTypeQuery":
      return [firstName(node["exprName"])]
    case "TSInterfaceHeritage":
      return [firstName(node["expression"])]
    case "ClassDeclaration":
      return node["superClass"] === null ? [] : [firstName(node["superClass"])]
    default:
      return []
  }
}

/** `Effect` for `Effect.Effect`. */
function firstName(node: unknown): string {
  const { name, left } = node as { readonly name?: string; readonly left?: unknown }
  return left === undefined ? String(name) : firstName(left)
}

/** The declaration file that `./task.js` means here; undefined for a package. */
function fileOf(path: string, source: unknown): string | undefined {
  const specifier = (source as { readonly value?: string } | null | undefined)?.value
  return specifier?.startsWith(".") ? join(path, "..", specifier).replace(/\.[jt]sx?$/, ".d.ts") : undefined
}
