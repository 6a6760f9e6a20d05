import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { type AddressInfo, createServer, type Server } from "node:net"
import { createServer as createHttpServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { TaskSnapshot } from "tasktor"
import { readSqliteStore } from "tasktor/sqlite"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { salesOf } from "../../examples/nightly-reports/sales.ts"
import { Source } from "../../examples/nightly-reports/source.ts"
import { seededTrouble, type TroubleMaker } from "../../examples/nightly-reports/trouble.ts"
import { isDefinedSchedule } from "../../runtime/schedule/define-schedule.ts"
import { Program } from "../adapters/cli/cli.ts"
import { processesWith } from "../support/os.ts"

const mainPath = fileURLToPath(new URL("../../examples/nightly-reports/main.ts", import.meta.url))
const branches = ["north", "harbour", "market"]
const pulseSeconds = 0.3
const patient = { timeout: 120_000 }

/** The folder of a service, whose programs come and go; looked at from outside. */
class Service {
  readonly folder = mkdtempSync(join(tmpdir(), "tasktor-reports-"))
  readonly mark = randomUUID()

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }))
  }

  start(env: NodeJS.ProcessEnv, ...args: readonly string[]): Program {
    const own = {
      FOLDER: this.folder,
      PULSE_SECONDS: String(pulseSeconds),
      PATIENCE_SECONDS: "1",
      REPORTS_TEST: this.mark,
    }
    const program = new Program(process.execPath, [mainPath, ...args], { env: { ...own, ...env } })
    onTestFinished(() => void program.child.kill("SIGKILL"))
    return program
  }

  async stop(program: Program): Promise<{ readonly code: number | null; readonly processes: readonly string[] }> {
    program.child.kill("SIGTERM")
    const { code } = await program.ended
    return { code, processes: processesWith(this.mark) }
  }

  /** Files in the folder of reports, drafts included. */
  files(): readonly string[] {
    const folder = join(this.folder, "reports")
    return existsSync(folder) ? readdirSync(folder).toSorted() : []
  }

  text(file: string): string {
    return readFileSync(join(this.folder, "reports", file), "utf8")
  }

  /** What the store says, whoever owns it now. */
  ask<Answer>(question: (store: ReturnType<typeof readSqliteStore>) => Answer): Answer {
    const store = readSqliteStore(join(this.folder, "tasks.db"))
    try {
      return question(store)
    } finally {
      store.close()
    }
  }

  pulses(): readonly TaskSnapshot[] {
    return this.ask((store) => {
      const { records } = store.list({ schedule: "pulse", sort: "oldest", limit: 1000 })
      return records.map(({ snapshot }) => snapshot as unknown as TaskSnapshot)
    })
  }
}

async function openSource(trouble: TroubleMaker): Promise<Source> {
  const source = await Source.open({ port: 0, trouble })
  onTestFinished(() => source.close())
  return source
}

async function portOf(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening")
  return (server.address() as AddressInfo).port
}

const slotOf = ({ origin }: TaskSnapshot): number => origin?.slot ?? Number.NaN
const fileOf = (task: TaskSnapshot): string => `pulse-${new Date(slotOf(task)).toISOString().replaceAll(":", "-")}.md`

function takingsUntil(slot: number): string {
  const sales = branches.flatMap((branch) => salesOf(branch, slot - pulseSeconds * 1000, slot))
  return `Together: ${(sales.reduce((sum, { cents }) => sum + cents, 0) / 100).toFixed(2)} €`
}

test(
  "every report that was accepted comes out exactly once, although its program is killed in the middle of it",
  patient,
  async () => {
    const service = new Service()
    const spoil = seededTrouble(7, 0.25)
    let heldSlot: number | undefined
    let isHolding = false
    const source = await openSource((path) => {
      const { pathname, searchParams } = new URL(path, "http://127.0.0.1")
      if (!isHolding || pathname !== "/sales/market") return spoil(path)
      heldSlot ??= Number(searchParams.get("to"))
      return "silence"
    })
    const env = { SOURCE: source.address }
    const first = service.start(env)
    await vi.waitUntil(() => service.files().filter((name) => name.endsWith(".md")).length >= 3, patient)
    isHolding = true
    // The source has been asked, and the store knows that somebody is at it: killed in the same turn, for it loses its patience.
    const { interrupted, step } = await vi.waitUntil(() => {
      const running = service.pulses().filter((task) => task.status === "running" && slotOf(task) === heldSlot)
      for (const pulse of running) {
        const held = service.ask((store) => runningStepOf(store, pulse.id))
        if (held === undefined) continue
        first.child.kill("SIGKILL")
        return { interrupted: pulse, step: held }
      }
      return undefined
    }, patient)
    await first.ended
    isHolding = false
    const accepted = service.pulses()
    expect(accepted.find(({ id }) => id === interrupted.id)).toMatchObject({ status: "running", attempt: 1 })

    const second = service.start(env)
    const latest = Math.max(...accepted.map(slotOf))
    await vi.waitUntil(() => {
      const pulses = service.pulses()
      const isDone = accepted.every(({ id }) => pulses.find((task) => task.id === id)?.status === "completed")
      return isDone && pulses.filter((task) => slotOf(task) > latest && task.status === "completed").length >= 2
    }, patient)
    expect(await service.stop(second)).toEqual({ code: 0, processes: [] })

    const pulses = service.pulses()
    expect(pulses.filter(({ status }) => status !== "completed")).toEqual([])
    expect(pulses.map(({ id }) => id)).toEqual(expect.arrayContaining(accepted.map(({ id }) => id)))
    expect(service.files()).toEqual(pulses.map(fileOf).toSorted())
    // Slots are a grid, and none of them was run twice.
    expect(new Set(pulses.map(slotOf)).size).toBe(pulses.length)
    expect(pulses.filter((task) => (slotOf(task) - latest) % (pulseSeconds * 1000) !== 0)).toEqual([])
    for (const task of pulses) expect(service.text(fileOf(task))).toContain(takingsUntil(slotOf(task)))
    service.ask((store) => {
      for (const { id } of pulses) {
        expect([...store.entries({ task: id })].filter(({ what }) => what.type === "complete")).toHaveLength(1)
        expect([...store.childrenOf(id)].filter(({ snapshot }) => snapshot.name === "publish")).toHaveLength(1)
      }
      expect(store.find(interrupted.id)?.snapshot).toMatchObject({ status: "completed", attempt: 2 })
      expect(store.find(step?.id ?? "")?.snapshot.failures).toContainEqual({ type: "lost" })
      expect([...store.living()]).toEqual([])
    })
  },
)

/** The step that asks for the market's sales of a report. */
function runningStepOf(store: ReturnType<typeof readSqliteStore>, pulse: string): { readonly id: string } | undefined {
  const group = [...store.childrenOf(pulse)].find(({ snapshot }) => snapshot.name === "group")
  const [, , market] = group === undefined ? [] : store.childrenOf(group.id)
  return market?.snapshot.phase === "executing" ? market : undefined
}

test(
  "what failed for good is told of at the next start, and comes out when it is submitted again",
  patient,
  async () => {
    const service = new Service()
    const ignorant = createHttpServer((_request, response) => response.writeHead(404).end())
    onTestFinished(() => void ignorant.close())
    const first = service.start({ SOURCE: `http://127.0.0.1:${await portOf(ignorant)}` })
    await first.printed(/failed: SourceError: the source answers 404 for \w+/)
    expect(await service.stop(first)).toEqual({ code: 0, processes: [] })
    const failed = service.pulses()
    expect(new Set(failed.map(({ status }) => status))).toEqual(new Set(["failed"]))
    expect(service.files()).toEqual([])

    const source = await openSource(() => "none")
    const second = service.start({ SOURCE: source.address }, "--resubmit")
    await second.printed(`${failed.length} reports have failed for good, and are tried again`)
    await vi.waitUntil(() => failed.every((task) => service.files().includes(fileOf(task))), patient)
    expect(await service.stop(second)).toEqual({ code: 0, processes: [] })
    for (const task of failed) expect(service.text(fileOf(task))).toContain(takingsUntil(slotOf(task)))

    // With a source of its own, in the best of moods.
    const port = await freePort()
    const third = service.start({ PORT: String(port), TROUBLE: "0" })
    await third.printed(/pulse of \S+: \/.*\.md/)
    const { code, processes } = await service.stop(third)
    const { stdout } = await third.ended
    expect({ code, processes, isTold: stdout.includes("failed for good") }).toEqual({
      code: 0,
      processes: [],
      isTold: false,
    })
  },
)

test("a second signal does not wait for what runs: it is left for the next start", patient, async () => {
  const service = new Service()
  const asked = Promise.withResolvers<void>()
  let isSilent = true
  const source = await openSource(() => {
    if (!isSilent) return "none"
    asked.resolve()
    return "silence"
  })
  const env = { SOURCE: source.address, PATIENCE_SECONDS: "600", DRAIN_SECONDS: "600" }
  const first = service.start(env)
  await asked.promise
  first.child.kill("SIGTERM")
  await first.printed("SIGTERM: what runs may end for 600 seconds")
  first.child.kill("SIGINT")
  const { code } = await first.ended
  expect({ code, processes: processesWith(service.mark) }).toEqual({ code: 0, processes: [] })
  const left = service.pulses()
  expect(left.filter(({ outcome }) => outcome === undefined).length).toBeGreaterThan(0)

  isSilent = false
  const second = service.start(env)
  await vi.waitUntil(() => left.every((task) => service.files().includes(fileOf(task))), patient)
  expect(await service.stop(second)).toEqual({ code: 0, processes: [] })
  expect(service.files()).toEqual(service.pulses().map(fileOf).toSorted())
})

test("its schedules are what `tasktor beat` takes", async () => {
  const schedules = await import("../../examples/nightly-reports/schedules.ts")
  const exported = Object.values(schedules)
  expect(
    exported
      .filter(isDefinedSchedule)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(["hourly", "nightly", "pulse"])
  expect(exported).toHaveLength(3)
})

describe("what cannot be used is said in one line", () => {
  test.each([
    [
      { PULSE_SECONDS: "soon" },
      'Cannot use PULSE_SECONDS: it must be a number from 0.1 to 3600, current value is "soon"',
    ],
    [
      { SOURCE: "http://example.com" },
      'Cannot use SOURCE: it must be an address of this machine, as in "http://127.0.0.1:3030", current value is "http://example.com"',
    ],
    [{ TIME_ZONE: "Mars/Olympus" }, 'Cannot read cron "30 2 * * *": "timeZone" must be'],
  ])("%j", async (env, message) => {
    const { code, stdout, stderr } = await new Service().start(env).ended
    expect({ code, stdout, lines: stderr.trim().split("\n").length }).toEqual({ code: 1, stdout: "", lines: 1 })
    expect(stderr).toContain(message)
  })

  test("a folder in which another one works", async () => {
    const service = new Service()
    const source = await openSource(() => "none")
    const first = service.start({ SOURCE: source.address })
    await first.printed("pulse (every")
    const { code, stderr } = await service.start({ SOURCE: source.address }).ended
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^Cannot open the store .*tasks\.db.*\n$/),
    })
    expect(await service.stop(first)).toEqual({ code: 0, processes: [] })
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await portOf(server)
  server.close()
  await once(server, "close")
  return port
}
