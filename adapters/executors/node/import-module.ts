import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"

type Module = Readonly<Record<string, unknown>>

const typescript = /\.[cm]?tsx?(?:$|\?)/

let registered = false

/**
 * Imports a user's module, TypeScript included: as the program itself does, if that runs under tsx; otherwise by Node's own
 * type stripping, and with tsx, where it is installed, for what that cannot read (enums, `.js` that means a `.ts` file, `.tsx`).
 */
export async function importModule(module: string, tsx: boolean): Promise<Module> {
  if (!typescript.test(module)) return await load(module)
  if (tsx) await registerTsx(module)
  try {
    return await load(module)
  } catch (error) {
    if (registered || !needsLoader(error)) throw error
    if (!(await registerTsx(module))) throw withRemedy(error)
    return await load(module)
  }
}

/** As it is: no bundler is to follow it. */
async function load(module: string): Promise<Module> {
  return (await import(/* webpackIgnore: true */ /* @vite-ignore */ module)) as Module
}

/** Failures of Node's type stripping that a real TypeScript loader does not have. */
function needsLoader(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  switch (code) {
    case "ERR_UNKNOWN_FILE_EXTENSION":
    case "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX":
    case "ERR_INVALID_TYPESCRIPT_SYNTAX":
    case "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING":
    case "ERR_NO_TYPESCRIPT":
      return true
    case "ERR_MODULE_NOT_FOUND":
      // `import "./lib.js"`, where TypeScript means lib.ts
      return typeof message === "string" && /\.[cm]?jsx?['"]? imported from .*\.[cm]?tsx?/.test(message)
    case "ERR_UNSUPPORTED_DIR_IMPORT":
      return true
    default:
      return false
  }
}

async function registerTsx(module: string): Promise<boolean> {
  if (registered) return true
  for (const from of [module, pathToFileURL(`${process.cwd()}/`).href]) {
    try {
      const api = pathToFileURL(createRequire(from).resolve("tsx/esm/api")).href
      const { register } = await load(api)
      if (typeof register === "function") register()
      registered = true
      return true
    } catch {
      // Not installed there: the next place.
    }
  }
  return false
}

function withRemedy(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { message } = error
  return new Error(
    `${message}; Node's own type stripping cannot load it: install tsx ("npm install --save-dev tsx") and it is used, or build the module to JavaScript`,
    { cause: error },
  )
}
