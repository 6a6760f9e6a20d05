import type { Service } from "./service.ts"

/**
 * Ends the service in order on SIGTERM and SIGINT: `/health` says 503 and nothing new is taken, what runs may end for so many seconds, the
 * rest is cancelled, the streams of events end with their tasks, and then the server closes. A second signal hurries.
 */
export function shutDownOnSignals({ app, supervisor }: Service, drainSeconds: number): void {
  let count = 0
  const asked = (signal: NodeJS.Signals): void => {
    count++
    app.log.info(count === 1 ? `${signal}: draining for ${drainSeconds} seconds` : `${signal}: terminating`)
    if (count === 1) void shutDown()
    else {
      void supervisor.shutdown({ drain: 0, grace: 0 })
      app.server.closeAllConnections()
    }
  }
  const shutDown = async (): Promise<void> => {
    await supervisor.shutdown({ drain: drainSeconds * 1000 })
    // Clients that read slowly or keep their connection have two seconds for what is on its way.
    const patience = setTimeout(() => app.server.closeAllConnections(), 2000)
    await app.close()
    clearTimeout(patience)
    app.log.info("shut down")
  }
  process.on("SIGTERM", asked).on("SIGINT", asked)
}
