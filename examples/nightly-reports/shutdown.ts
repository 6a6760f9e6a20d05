import type { Service } from "./service.ts"

/**
 * Ends the service in order on SIGTERM and SIGINT: no slot is due any more, what runs may end for so long, and what has not ended by then is
 * left in the store for the next program. A second signal leaves it at once.
 */
export function shutDownOnSignals(
  { supervisor, source }: Service,
  drainMs: number,
  print: (line: string) => void,
): void {
  let count = 0
  const asked = (signal: NodeJS.Signals): void => {
    count++
    print(count === 1 ? `${signal}: what runs may end for ${drainMs / 1000} seconds` : `${signal}: at once`)
    if (count === 1) void shutDown()
    else void supervisor.shutdown({ drain: 0, grace: 0 })
  }
  const shutDown = async (): Promise<void> => {
    try {
      await supervisor.shutdown({ drain: drainMs })
      print("Shut down")
    } finally {
      source?.close()
    }
  }
  process.on("SIGTERM", asked).on("SIGINT", asked)
}
