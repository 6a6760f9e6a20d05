import { asError } from "../../../runtime/failure/codec/as-error.ts"
import { whileImporting } from "./import-guard.ts"
import type { WorkerChannel } from "./worker-channel.ts"

/** Imports the set-up module and awaits its default export if that is a function. Gives the failure, if there is one. */
export async function runSetup(module: string, channel: WorkerChannel): Promise<Error | undefined> {
  try {
    await whileImporting(async () => {
      const { default: prepare } = await channel.import(module)
      if (typeof prepare === "function") await prepare()
    })
    return undefined
  } catch (thrown) {
    const cause = asError(thrown)
    return new Error(`Cannot prepare ${channel.place}: its set-up module ${module} failed: ${cause.message}`, { cause })
  }
}
