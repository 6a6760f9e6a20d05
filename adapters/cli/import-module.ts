import { existsSync } from "node:fs"
import { createRequire, registerHooks } from "node:module"
import { join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { divertPrints } from "./divert-prints.ts"
import { oneLine, UsageError } from "./usage-error.ts"

export interface ImportedModule {
  readonly exports: Readonly<Record<string, unknown>>
  /** For messages. */
  readonly name: string
  /** From where its own imports are resolved. */
  readonly url: string
}

/** Imports a module by its path, or by a package specifier, as if from the folder `cwd`. */
export async function importModule(specifier: string, cwd: string): Promise<ImportedModule> {
  divertPrints()
  const path = resolve(cwd, specifier)
  if (existsSync(path)) return importFile(pathToFileURL(path).href, specifier)
  if (/^\.{0,2}[/\\]|^[A-Za-z]:\\/.test(specifier)) throw notFound(specifier)
  return importPackage(specifier, pathToFileURL(join(cwd, "module.js")).href)
}

async function importFile(url: string, name: string): Promise<ImportedModule> {
  try {
    return { exports: await importNamespace(url), name, url }
  } catch (error) {
    if (!isForTsx(error, url)) throw cannotLoad(name, error, placeIn(url, error))
    return importWithTsx(url, name, error)
  }
}

async function importPackage(specifier: string, from: string): Promise<ImportedModule> {
  let url = from
  const hooks = registerHooks({
    resolve: (request, context, next) => {
      if (request !== specifier || context.parentURL !== import.meta.url) return next(request, context)
      const resolved = next(request, { ...context, parentURL: from })
      url = resolved.url
      return resolved
    },
  })
  try {
    return { exports: await importNamespace(specifier), name: specifier, url }
  } catch (error) {
    // the package itself is missing, not something that it imports
    if (codeOf(error) === "ERR_MODULE_NOT_FOUND" && url === from) throw notFound(specifier)
    throw cannotLoad(specifier, error)
  } finally {
    hooks.deregister()
  }
}

const tsxErrors = new Set([
  "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX", // enums, parameter properties, namespaces
  "ERR_UNKNOWN_FILE_EXTENSION", // .tsx
  "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING",
  "ERR_MODULE_NOT_FOUND", // "./other.js" that is other.ts, paths of tsconfig.json
  "ERR_UNSUPPORTED_DIR_IMPORT",
])

/** Whether Node's own type stripping is not enough for this module, and tsx may be. */
function isForTsx(error: unknown, url: string): boolean {
  return /\.[cm]?tsx?$/.test(url) && tsxErrors.has(codeOf(error) ?? "")
}

/** tsx is the user's, where there is one: found from the module itself. */
async function importWithTsx(url: string, name: string, first: unknown): Promise<ImportedModule> {
  let tsx: string
  try {
    tsx = createRequire(url).resolve("tsx/esm/api")
  } catch {
    const missing = codeOf(first) === "ERR_MODULE_NOT_FOUND"
    throw cannotLoad(name, first, missing ? "" : "; Node's own type stripping is not enough for it, install tsx")
  }
  const { register } = (await import(pathToFileURL(tsx).href)) as { register: () => unknown }
  register()
  try {
    // another address: the failed import is remembered under the first one
    const again = `${url}?tsx`
    return { exports: await importNamespace(again), name, url }
  } catch (error) {
    throw cannotLoad(name, error)
  }
}

async function importNamespace(specifier: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(specifier)) as Readonly<Record<string, unknown>>
}

function notFound(specifier: string): UsageError {
  return new UsageError(`Cannot load ${specifier}: there is no such file, nor a package of that name`)
}

function cannotLoad(name: string, cause: unknown, remedy = ""): UsageError {
  return new UsageError(`Cannot load ${name}: ${oneLine(cause)}${remedy}`, { cause })
}

/** The line of the module that its own error names, where it does. */
function placeIn(url: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? "") : ""
  const start = stack.indexOf(`${url}:`)
  const place = start < 0 ? undefined : /:(\d+)/.exec(stack.slice(start + url.length))
  return place?.[1] === undefined ? "" : ` (line ${place[1]})`
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined
}
