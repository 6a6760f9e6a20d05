import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createService } from "./service.ts"
import { shutDownOnSignals } from "./shutdown.ts"

const { HOST = "127.0.0.1", PORT = "3000", DRAIN_SECONDS = "10", MOST = "16", MOST_BYTES = "33554432" } = process.env

const storage = await mkdtemp(join(tmpdir(), "intake-"))
const service = createService({
  storage,
  most: Number(MOST),
  mostBytes: Number(MOST_BYTES),
})
service.app.addHook("onClose", () => rm(storage, { recursive: true, force: true }))
shutDownOnSignals(service, Number(DRAIN_SECONDS))
try {
  await service.app.listen({ host: HOST, port: Number(PORT) })
} catch (error) {
  await service.app.close()
  throw error
}
