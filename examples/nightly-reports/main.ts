import { parseArgs } from "node:util"

const usage = `Usage: node examples/nightly-reports/main.ts [options]

Makes reports on time, from a source that fails now and then; ends with Ctrl-C or SIGTERM.

  --resubmit      tries again what had failed for good
  --source-only   nothing but the source of the sales: for \`tasktor beat examples/nightly-reports/schedules.ts\`
  --help          this text

Set by the environment: FOLDER (of the store and the reports), PULSE_SECONDS (5), TIME_ZONE (Europe/Paris), PATIENCE_SECONDS (2),
DRAIN_SECONDS (10), SOURCE (an address; without it the service brings its own), and for its own: PORT (3030), TROUBLE (0.3), SEED (1).
`

const print = (line: string): void => console.log(line)

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      resubmit: { type: "boolean", default: false },
      "source-only": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  })
  if (values.help) return void process.stdout.write(usage)
  // Settings are read when a module asks for them: what is wrong with them is to be said below, like everything else.
  const { openOwnSource, startService } = await import("./service.ts")
  if (values["source-only"]) {
    const source = await openOwnSource(print)
    const close = (): void => source?.close()
    process.on("SIGTERM", close).on("SIGINT", close)
    return
  }
  const { settings } = await import("./settings.ts")
  const { shutDownOnSignals } = await import("./shutdown.ts")
  shutDownOnSignals(await startService(values.resubmit, print), settings.drainMs, print)
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
