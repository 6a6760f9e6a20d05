import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createService } from "./service.ts"
import { settingsOf, type Settings } from "./settings.ts"
import { shutDownOnSignals } from "./shutdown.ts"

let settings: Settings
try {
  settings = settingsOf(process.env)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
const { host, port, drainSeconds, most, mostBytes } = settings

const storage = await mkdtemp(join(tmpdir(), "intake-"))
const service = createService({ storage, most, mostBytes })
service.app.addHook("onClose", () => rm(storage, { recursive: true, force: true }))
shutDownOnSignals(service, drainSeconds)
try {
  await service.app.listen({ host, port })
} catch (error) {
  await service.app.close()
  throw error
}
