import { execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { join } from "node:path"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import { describe, expect, onTestFinished, test } from "vitest"
import { processesWith } from "../support/os.ts"
import { all, Service, tempFolder } from "./running-service.ts"

const inOrder = { code: 0, processes: [], folders: [] }

/** A .tar.gz of what stands in a folder. */
function packed(folder: string, ...options: readonly string[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(execFileSync("tar", ["-C", folder, ...options, "-czf", "-", "."], { maxBuffer: 1 << 28 }))
}

/** Text that compresses a little, and slowly. */
function workOf(megabytes: number): Uint8Array<ArrayBuffer> {
  const folder = tempFolder()
  for (let file = 0; file < 4; file++) {
    writeFileSync(join(folder, `${file}.txt`), randomBytes((megabytes * 750_000) / 4).toString("base64"))
  }
  return packed(folder)
}

describe("a package", () => {
  test("is unpacked and measured; its events can be had from any point", async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, "deep", "n".repeat(90)), { recursive: true })
    const contents: Record<string, string | Buffer> = {
      "empty.txt": "",
      "lines.txt": "the same line\n".repeat(50_000),
      "\u00e9 \u6f22.bin": randomBytes(700_000),
      [`deep/${"n".repeat(90)}/long.txt`]: "a long name",
    }
    for (const [path, content] of Object.entries(contents)) writeFileSync(join(folder, path), content)
    symlinkSync("/etc/passwd", join(folder, "link"))
    const service = new Service()
    for (const format of ["gnu", "pax", "ustar"]) {
      const { id } = await service.take(packed(folder, `--format=${format}`), "?quality=4")
      const events = await all(service.events(id))
      const { status, progress, manifest } = await service.read(`/packages/${id}`)
      expect({ status, progress }).toEqual({ status: "completed", progress: 1 })
      const found = Object.fromEntries((manifest?.files ?? []).map((file) => [file.path.replace("./", ""), file]))
      expect(Object.keys(found).toSorted()).toEqual(Object.keys(contents).toSorted())
      for (const [path, content] of Object.entries(contents)) {
        const [sha256] = execFileSync("sha256sum", [join(folder, path)])
          .toString()
          .replace("\\", "")
          .split(" ")
        const params = { [constants.BROTLI_PARAM_QUALITY]: 4 }
        const brotliBytes = brotliCompressSync(content, { params }).length
        expect(found[path]).toMatchObject({ bytes: Buffer.byteLength(content), sha256 })
        expect(Math.abs((found[path]?.brotliBytes ?? 0) - brotliBytes)).toBeLessThan(20 + brotliBytes / 100)
      }
      expect(events[0]).toMatchObject({ id: 0, event: "submitted" })
      expect(events.at(-1)).toMatchObject({ event: "outcome", data: { status: "completed", manifest } })
      expect(events.filter(({ event }) => event === "event")).toHaveLength(Object.keys(contents).length)
      // Of reports in a row the service keeps the latest.
      const kept = events.filter(({ event }, at) => event !== "report" || events[at + 1]?.event !== "report")
      const middle = kept[2]?.id ?? 0
      expect(await all(service.events(id, `?after=${middle}`))).toEqual(kept.slice(3))
      const headers = { "last-event-id": String(events.at(-1)?.id) }
      expect((await service.request(`/packages/${id}/events`, { headers })).status).toBe(204)
    }
    expect(await service.stop()).toEqual(inOrder)
  })

  test("that is sent again while it is worked on is the same task; DELETE ends it", async () => {
    const service = new Service()
    const body = workOf(8)
    const { id } = await service.take(body, "?quality=11")
    await service.working(id)
    expect((await service.take(body, "?quality=11")).id).toBe(id)
    const other = await service.take(body, "?quality=10")
    expect(other.id).not.toBe(id)
    for (const one of [id, other.id]) {
      const gone = service.end(one)
      const response = await service.request(`/packages/${one}`, { method: "DELETE" })
      expect(await response.json()).toMatchObject({ receipt: "cancelled", status: "cancelled" })
      expect(await gone).toMatchObject({ status: "cancelled", reason: { message: "its client gave it up" } })
      const again = await service.request(`/packages/${one}`, { method: "DELETE" })
      expect(await again.json()).toMatchObject({ receipt: "already-cancelled" })
    }
    expect((await service.take(body, "?quality=11")).id).not.toBe(id)
    await service.request(`/packages/${(await service.take(body, "?quality=11")).id}`, { method: "DELETE" })
    expect(await service.stop()).toEqual(inOrder)
  })

  test.each([
    ["is no archive", () => gzipSync("nonsense".repeat(100)), /^Error: not a tar archive/],
    ["is cut off", () => gzipSync(tarOf("./a.txt", 0)), /^Error: cut off/],
    [
      "leads out of its folder",
      () => gzipSync(tarOf("../../etc/cron.d/x")),
      /^Error: leads out of the archive: \.\.\//,
    ],
    [
      "goes backwards",
      () => gzipSync(record("a.txt", "", "0", "-0000002000")),
      /^Error: not a tar archive: wrong size at byte 0/,
    ],
    [
      "has too many files",
      () => gzipSync(Buffer.concat(Array(10_001).fill(record("a.txt", "")))),
      /^Error: too many files: /,
    ],
    [
      "has too long a name",
      () => gzipSync(Buffer.concat([record("long", "n".repeat(5000), "L"), tarOf("a.txt")])),
      /^Error: too long a name: 5000 characters/,
    ],
    [
      "has too long names altogether",
      () => gzipSync(Buffer.concat([...Array(300).fill(longNamed()), tarEnd])),
      /^Error: too long names: more than 1048576 characters altogether$/,
    ],
    ["is a bomb", () => gzipSync(Buffer.alloc(300 * 2 ** 20)), /^RangeError: Cannot create a Buffer larger than/],
  ])("that %s fails, and the next one does not", async (_title, make, message) => {
    const service = new Service()
    const { id } = await service.take(new Uint8Array(make()))
    expect(await service.end(id)).toMatchObject({ status: "failed", failure: { type: "error" } })
    expect((await service.read(`/packages/${id}`)).failure?.message).toMatch(message)
    const good = await service.take(new Uint8Array(gzipSync(tarOf("a.txt"))))
    expect(await service.end(good.id)).toMatchObject({ status: "completed", manifest: { bytes: 5 } })
    expect(await service.stop()).toEqual(inOrder)
  })
})

test("what cannot be taken is refused with the reason", async () => {
  const service = new Service({ MOST_BYTES: "100000" })
  const gzip = { "content-type": "application/gzip" }
  const answers = [
    await service.request("/packages", { method: "POST" }),
    await service.request("/packages", { method: "POST", headers: gzip, body: "plain text" }),
    await service.request("/packages", { method: "POST", headers: gzip, body: "1" }),
    await service.request("/packages?quality=12", { method: "POST", headers: gzip, body: "x" }),
    await service.request("/packages", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }),
    await service.post(new Uint8Array(randomBytes(200_000))),
    await service.request("/packages/nobody"),
    await service.request("/packages/nobody", { method: "DELETE" }),
    await service.request("/packages/nobody/events"),
  ]
  const messages = await Promise.all(
    answers.map(async (answer) => ((await answer.json()) as { message: string }).message),
  )
  expect(answers.map(({ status }, at) => `${status} ${messages[at]}`)).toEqual([
    "400 it is empty: send the bytes of a .tar.gz",
    "400 it is not compressed by gzip: send a .tar.gz",
    "400 it is not compressed by gzip: send a .tar.gz",
    "400 querystring/quality must be <= 11",
    "415 Unsupported Media Type",
    "413 it is longer than 100000 bytes",
    "404 there is no such package, or it is long ago",
    "404 there is no such package, or it is long ago",
    "404 there is no such package, or it is long ago",
  ])
  expect((await service.request("/health")).status).toBe(200)
  expect(await service.stop()).toEqual(inOrder)
})

test("more than can be worked on is refused, until there is room", async () => {
  const service = new Service({ MOST: "1" })
  const body = workOf(8)
  const { id } = await service.take(body, "?quality=11")
  const refused = await service.post(workOf(1))
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"])
  expect(await refused.json()).toMatchObject({ message: "1 packages are worked on already" })
  expect((await service.take(body, "?quality=11")).id).toBe(id)
  await service.request(`/packages/${id}`, { method: "DELETE" })
  expect(await service.end((await service.take(workOf(1))).id)).toMatchObject({ status: "completed" })
  expect(await service.stop()).toEqual(inOrder)
})

test("a service that cannot listen leaves nothing behind", async () => {
  const other = createServer().listen(0, "127.0.0.1")
  onTestFinished(() => void other.close())
  await once(other, "listening")
  const service = new Service({ PORT: String((other.address() as AddressInfo).port) })
  expect(await service.ended()).toEqual({ ...inOrder, code: 1 })
})

test.each([
  ["MOST_BYTES", "32MB", "a whole number from 1 to 2147483648"],
  ["MOST", "", "a whole number from 1 to 10000"],
  ["MOST", "1.5", "a whole number from 1 to 10000"],
  ["PORT", "-1", "a whole number from 0 to 65535"],
  ["DRAIN_SECONDS", "soon", "a number from 0 to 3600"],
])("%s=%j is refused in one line", async (name, value, wanted) => {
  const service = new Service({ [name]: value })
  const message = `Cannot use ${name}: it must be ${wanted}, current value is ${JSON.stringify(value)}\n`
  expect(await service.ended()).toEqual({ ...inOrder, code: 1 })
  expect(await service.output()).toEqual({ stdout: "", stderr: message })
})

describe("SIGTERM in the middle of work", () => {
  test("lets what runs end, takes nothing new, and leaves nothing behind", async () => {
    const service = new Service({ DRAIN_SECONDS: "60" })
    const another = workOf(1)
    const running = await service.take(workOf(1.5), "?quality=11")
    await service.working(running.id)
    const end = service.end(running.id)
    expect(processesWith(service.mark).length).toBeGreaterThan(1)
    service.signal("SIGTERM")
    await service.printed("draining")
    expect(await (await service.request("/health")).json()).toEqual({ state: "draining" })
    expect((await service.request("/health")).status).toBe(503)
    expect((await service.post(another)).status).toBe(503)
    expect(await service.read(`/packages/${running.id}`)).toMatchObject({ status: "running" })
    expect(await end).toMatchObject({ status: "completed" })
    expect(await service.ended()).toEqual(inOrder)
  })

  test("does not take what was still on its way", async () => {
    const service = new Service()
    const body = new TransformStream<Uint8Array, Uint8Array>()
    const writer = body.writable.getWriter()
    const sent = service.post(body.readable)
    await writer.write(new Uint8Array(gzipSync(tarOf("a.txt"))))
    await service.receiving()
    service.signal("SIGTERM")
    await service.printed("draining")
    await writer.close()
    const { status } = await sent
    expect({ status, ...(await service.ended()) }).toEqual({ status: 503, ...inOrder })
  })

  test("cancels the rest when its time to drain is over", async () => {
    const service = new Service({ DRAIN_SECONDS: "0.1" })
    const { id } = await service.take(workOf(8), "?quality=11")
    await service.working(id)
    const end = service.end(id)
    expect(await service.stop()).toEqual(inOrder)
    expect(await end).toMatchObject({ status: "cancelled", reason: { type: "shutdown" } })
  })

  test("hurries when it is asked again", async () => {
    const service = new Service({ DRAIN_SECONDS: "600" })
    const { id } = await service.take(workOf(8), "?quality=11")
    await service.working(id)
    service.signal("SIGTERM")
    await service.printed("draining")
    service.signal("SIGINT")
    expect(await service.ended()).toEqual(inOrder)
  })
})

/** A tar archive of one file, with its end or cut off after so many blocks. */
function tarOf(path: string, blocks = 4): Buffer {
  return Buffer.concat([record(path, "hello"), tarEnd]).subarray(0, 512 * (1 + blocks))
}

const tarEnd = Buffer.alloc(1024)

/** An empty file with as long a name as may be, nearly. */
function longNamed(): Buffer {
  return Buffer.concat([record("long", "n".repeat(4000), "L"), record("a.txt", "")])
}

/** One file of a tar archive; `size` is what its header says of its length, in octal. */
function record(
  path: string,
  content: string,
  type = "0",
  size = content.length.toString(8).padStart(11, "0"),
): Buffer {
  const bytes = Buffer.alloc(512 * (1 + Math.ceil(content.length / 512)))
  bytes.write(path)
  bytes.write("0000644\0", 100)
  bytes.write(`${size}\0`, 124)
  bytes.write(" ".repeat(8), 148)
  bytes.write(`${type}ustar\0`, 156)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148)
  bytes.write(content, 512)
  return bytes
}
