import { CommanderError } from "commander"
import { exitCodes } from "./exit-codes.ts"
import { isStoreError, oneLine, UsageError } from "./usage-error.ts"

/** What may be otherwise the next time: any other store cannot be used as it was given. */
const passing: ReadonlySet<string> = new Set(["full", "io", "unanswered"])

/** Tells in one line why a command could not be carried out, and gives its exit code. */
export function exitCodeOf(error: unknown, verbose: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.completed : exitCodes.usage
  const isTold = error instanceof UsageError || isStoreError(error)
  process.stderr.write(
    `tasktor: ${isTold ? error.message.replaceAll(/\s*\n\s*/g, " ") : `Cannot go on: ${oneLine(error)}`}\n`,
  )
  const cause = isTold ? error.cause : error
  if (verbose && cause instanceof Error) process.stderr.write(`${cause.stack}\n`)
  return error instanceof UsageError || (isStoreError(error) && !passing.has(error.problem))
    ? exitCodes.usage
    : exitCodes.failed
}
