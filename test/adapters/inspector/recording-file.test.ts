/** A recording on a file system that takes less than it is given, and then is full for a while. */
import type * as FileSystem from "node:fs"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Frame, serveInspector } from "tasktor/inspector"
import { expect, it, onTestFinished, vi } from "vitest"
import { createActor, createMachine } from "xstate"

/** How many bytes it still takes. */
const disk = vi.hoisted(() => ({ left: Infinity }))

vi.mock("node:fs", async (importActual) => {
  const actual = await importActual<typeof FileSystem>()
  const write = (file: number, given: string | Buffer, offset = 0): number => {
    if (disk.left === 0) throw new Error("ENOSPC: no space left on device")
    const part = Buffer.from(given).subarray(offset, offset + Math.min(1000, disk.left))
    disk.left -= part.length
    return actual.writeSync(file, part)
  }
  return { ...actual, writeSync: write }
})

it("misses nothing where it is taken bit by bit, and can be read on where it was cut off", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tasktor-inspector-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const record = join(folder, "run.ndjson")
  const warnings: unknown[] = []
  const inspector = await serveInspector({ record, warn: (_message, cause) => warnings.push(cause) })
  onTestFinished(() => inspector.close())
  const actor = createActor(createMachine({ initial: "on", states: { on: {} } }), {
    inspect: inspector.inspect,
  }).start()
  const tell = (): void => {
    for (let n = 0; n < 50; n++) actor.send({ type: "tick" })
    inspector.frames() // flushes
  }
  tell()
  disk.left = 1500
  tell()
  disk.left = Infinity
  tell()
  await inspector.close()

  const lines = readFileSync(record, "utf8").trimEnd().split("\n")
  const idOf = (line: string): number => {
    try {
      return Number((JSON.parse(line) as Frame).id)
    } catch {
      return Number.NaN
    }
  }
  const ids = lines.map(idOf)
  expect(ids.slice(0, 52)).toEqual(Array.from({ length: 52 }, (_, index) => index + 1))
  expect(ids.slice(-50)).toEqual(Array.from({ length: 50 }, (_, index) => index + 103))
  expect(ids.filter(Number.isNaN)).toHaveLength(1)
  expect(warnings).toMatchObject([{ message: "ENOSPC: no space left on device" }])
})
