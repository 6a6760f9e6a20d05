import { mkdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { createSupervisor } from "tasktor"
import { createActor, waitFor } from "xstate"
import { KeptSnapshot } from "./kept-snapshot.ts"
import { indexMachine, type IndexContext } from "./machine.ts"
import { Narrator } from "./narrator.ts"
import { Site } from "./site.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    work: { type: "string", default: join(tmpdir(), "three-stages") },
    outages: { type: "string", default: "0" },
    full: { type: "boolean", default: false },
  },
})
const work = resolve(values.work)
mkdirSync(join(work, "pages"), { recursive: true })

// What an earlier run was in the middle of when it ended.
const kept = new KeptSnapshot<IndexContext>(join(work, "state.json"))
const before = kept.read()

const site = await Site.open({
  folder: positionals[0] ?? fileURLToPath(new URL("../../docs", import.meta.url)),
  published: join(work, "published.json"),
  outages: Number(values.outages),
  isFull: values.full,
  port: before === undefined ? 0 : Number(new URL(before.context.site).port),
})
const names = (await (await fetch(site.address)).json()) as string[]

const supervisor = createSupervisor()
const input = { site: site.address, names, folder: join(work, "pages") }
const actor = createActor(indexMachine(supervisor), before === undefined ? { input } : { input, snapshot: before })

const narrator = new Narrator((line) => console.log(line))
actor.subscribe((snapshot) => {
  if (narrator.isNew(snapshot)) kept.write(actor.getPersistedSnapshot())
  narrator.tell(snapshot)
})
actor.start()
narrator.tell(actor.getSnapshot())
// XState does not keep timers: whoever was waiting for the next try would wait for ever.
if (actor.getSnapshot().matches("waiting")) actor.send({ type: "retry" })

let interrupts = 0
process.on("SIGINT", () => {
  if (interrupts++ === 0) actor.send({ type: "cancel" })
  else void supervisor.shutdown({ grace: 0 })
})

const { value } = await waitFor(actor, ({ status }) => status !== "active")
kept.forget()
await supervisor.shutdown()
site.close()
process.exitCode = value === "published" ? 0 : value === "cancelled" ? 130 : 1
