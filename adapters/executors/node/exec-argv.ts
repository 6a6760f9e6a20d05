/**
 * Which of the program's own Node options its workers get: those that decide what an import means. The others are the main
 * program's business (`--inspect` wants its port, `--test` its runner, `--cpu-prof` its file), and threads refuse most of them.
 */
const inherited = [
  "--import",
  "--require",
  "-r",
  "--loader",
  "--experimental-loader",
  "--conditions",
  "-C",
  "--enable-source-maps",
  "--preserve-symlinks",
  "--no-warnings",
  "--disable-warning",
  "--no-experimental-strip-types",
  "--experimental-strip-types",
  "--experimental-transform-types",
]

/** Lets `import "tasktor"` mean the light preset (`exports` in package.json). */
const lightPreset = "--conditions=tasktor-worker"

/**
 * The Node options for a worker of a program that was started with `argv`; those of tsx are told apart. What the user wants the worker to
 * have, `wanted`, takes the place of the program's.
 */
export function workerExecArgv(
  argv: readonly string[],
  wanted?: readonly string[],
): {
  readonly execArgv: readonly string[]
  readonly tsx: boolean
} {
  const { execArgv, tsx } = inheritedFrom(argv)
  return { execArgv: [lightPreset, ...(wanted ?? execArgv).filter((option) => option !== lightPreset)], tsx }
}

function inheritedFrom(argv: readonly string[]): { readonly execArgv: readonly string[]; readonly tsx: boolean } {
  const execArgv: string[] = []
  let tsx = false
  for (let index = 0; index < argv.length; index++) {
    const option = argv[index] ?? ""
    const [name = ""] = option.split("=", 1)
    if (!inherited.includes(name)) continue
    const next = argv[index + 1]
    const takesNext = !option.includes("=") && takesValue(name) && next !== undefined
    const value = takesNext ? next : option.slice(name.length + 1)
    if (takesNext) index++
    // Workers register tsx by its API: its options work in threads of some versions of Node only.
    if (isTsx(value)) tsx = true
    else execArgv.push(option, ...(takesNext ? [value] : []))
  }
  return { execArgv, tsx }
}

function takesValue(name: string): boolean {
  return !["--enable-source-maps", "--preserve-symlinks", "--no-warnings"].includes(name) && !name.includes("-types")
}

function isTsx(value: string): boolean {
  return value === "tsx" || value.startsWith("tsx/") || /[\\/]tsx[\\/]dist[\\/]/.test(value)
}
