import { spawnSync } from "node:child_process"
import { cliPath, Program } from "./cli.ts"

// util-linux's script(1) makes the pseudo terminal; those of other systems are called differently
export const hasTerminal: boolean =
  spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") ?? false

/** The command line on a pseudo terminal of 70 columns and 12 rows. */
export function onTerminal(words: string, env: NodeJS.ProcessEnv = {}): Program {
  const command = `stty cols 70 rows 12; ${JSON.stringify(process.execPath)} ${JSON.stringify(cliPath)} ${words}`
  return new Program("script", ["-qefc", command, "/dev/null"], { env: { TERM: "xterm", NO_COLOR: "1", ...env } })
}
