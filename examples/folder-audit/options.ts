import { availableParallelism } from "node:os"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

export interface Options {
  readonly folder: string
  readonly threads: number
  /** Where the JSON goes: undefined for nowhere, "-" for stdout, in place of the text. */
  readonly json: string | undefined
  readonly list: boolean
  readonly help: boolean
}

export const usage = `Usage: npm start -- [folder] [options]

Audits a folder: duplicates, wasted bytes, compressibility, packages, source maps, unreadable files.
The default is this repository's own node_modules. Nothing is changed.

  --json [file]   the report as JSON: into the file, or to stdout in place of the text
  --list          every file with its hash and sizes, in the JSON
  --threads N     how many threads measure (default: one for each core)
  --help          this text

Ctrl-C once cancels and reports what is known so far, twice terminates.
`

/** @throws TypeError for options that cannot be used. */
export function optionsOf(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Options {
  const { values, positionals } = parseArgs({
    args: argv.map((word, at) => (word === "--json" && isOption(argv[at + 1]) ? "--json=-" : word)),
    allowPositionals: true,
    options: {
      json: { type: "string" },
      list: { type: "boolean", default: false },
      threads: { type: "string", default: String(availableParallelism()) },
      help: { type: "boolean", short: "h", default: false },
    },
  })
  if (positionals.length > 1) throw new TypeError(`Cannot audit ${positionals.join(" and ")}: give one folder`)
  if (!/^[1-9]\d{0,2}$/.test(values.threads)) {
    throw new TypeError(
      `Cannot use --threads: it must be a whole number from 1 to 999, current value is ${JSON.stringify(values.threads)}`,
    )
  }
  // npm runs scripts in the package's folder, and says in which one the user is
  const here = env["npm_lifecycle_event"] === "start" ? (env["INIT_CWD"] ?? ".") : "."
  const [folder] = positionals
  return {
    folder:
      folder === undefined ? fileURLToPath(new URL("../../node_modules", import.meta.url)) : resolve(here, folder),
    threads: Number(values.threads),
    json: values.json === undefined || values.json === "-" ? values.json : resolve(here, values.json),
    list: values.list,
    help: values.help,
  }
}

function isOption(word: string | undefined): boolean {
  return word === undefined || word.startsWith("-")
}
