import { execFileSync, spawnSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Outcome } from "tasktor"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { batchesOf } from "../../examples/folder-audit/batches.ts"
import { displayPath, filePathOf } from "../../examples/folder-audit/file-path.ts"
import { withoutCulprits } from "../../examples/folder-audit/inspect-files.ts"
import type { Inspected } from "../../examples/folder-audit/inspect.ts"
import type { Report } from "../../examples/folder-audit/report.ts"
import { Program } from "../adapters/cli/cli.ts"
import { processesWith } from "../support/os.ts"
import { emptyFolder, nastyFolder } from "./nasty-folder.ts"

const mainPath = fileURLToPath(new URL("../../examples/folder-audit/main.ts", import.meta.url))

// Root reads what it likes: the test then lends itself to somebody who may not, if there is one who may read this repository.
const nobody = 65534
const commoner = process.getuid?.() !== 0 ? "self" : canRead(nobody) ? "other" : "nobody"

function canRead(user: number): boolean {
  return spawnSync(process.execPath, ["--check", mainPath], { uid: user, gid: user }).status === 0
}

function startAudit(words: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  return new Program(process.execPath, [mainPath, ...words], { env })
}

async function reportOn(...words: string[]): Promise<Report> {
  const { stdout } = await startAudit([...words, "--json"]).ended
  return JSON.parse(stdout) as Report
}

/** What a shell command prints, in lines. */
function shell(folder: string, command: string): string[] {
  const text = execFileSync("sh", ["-c", command], { cwd: folder, maxBuffer: 1 << 28 }).toString("latin1")
  return text.split("\n").filter((line) => line !== "")
}

describe("an audit of a folder full of traps", () => {
  let folder: string
  let report: Report

  beforeAll(async () => {
    folder = nastyFolder()
    report = await reportOn(folder, "--list", "--threads", "2")
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  const listed = (): NonNullable<Report["list"]> => report.list ?? []

  test("counts what find counts", () => {
    const sizes = shell(folder, "find . -type f -printf '%s\\n'").map(Number)
    expect(report).toMatchObject({
      complete: true,
      files: sizes.length,
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      folders: shell(folder, "find . -type d -printf 'x\\n'").length,
      symbolicLinks: shell(folder, "find . -type l -printf 'x\\n'").length,
      specialFiles: shell(folder, "find . -type p -printf 'x\\n'").length,
      measuredFiles: sizes.length,
      unreadable: [],
    })
  })

  /** Of each file that such a `find` names, in its order. */
  const hashesOf = (find: string): string[] =>
    shell(folder, `${find} -exec sha256sum -z {} + | tr '\\n\\0' '?\\n'`).map((line) => line.slice(0, 64))
  const filled = "find . -type f -size +0"

  test("has the hashes of sha256sum", () => {
    const theirs = hashesOf("find . -type f")
    expect(
      listed()
        .map((file) => file.sha256)
        .toSorted(),
    ).toEqual(theirs.toSorted())
  })

  test("finds the duplicates that sha256sum and the inodes give", () => {
    const hashes = hashesOf(filled)
    const files = shell(folder, `${filled} -printf '%i %s\\n'`).map((line, index) => {
      const [inode, bytes] = line.split(" ")
      return { inode, bytes: Number(bytes), sha256: hashes[index] }
    })
    const wasted = [...Map.groupBy(files, ({ sha256 }) => sha256).values()].map((same) => {
      const copies = new Set(same.map(({ inode }) => inode)).size
      return (copies - 1) * (same[0]?.bytes ?? Number.NaN)
    })
    expect(report.duplicates.wastedBytes).toBe(wasted.reduce((sum, bytes) => sum + bytes, 0))
    expect(report.duplicates.groups).toBe(wasted.filter((bytes) => bytes > 0).length)
    expect(report.duplicates.largest[0]).toMatchObject({
      paths: ["a/b/one-again.txt", "a/three.txt", "one.txt", "two.txt"],
      wastedBytes: 2 * 500 * 29,
    })
  })

  test("compresses as gzip -6 -n does, as far as another zlib can", () => {
    const hashes = hashesOf(filled)
    const sizes = shell(folder, `${filled} -exec sh -c 'for file do gzip -6 -n -c < "$file" | wc -c; done' sh {} +`)
    let ours = 0
    let theirs = 0
    for (const [index, size] of sizes.entries()) {
      const gzipBytes = listed().find((file) => file.sha256 === hashes[index])?.gzipBytes ?? Number.NaN
      const expected = Number(size)
      ours += gzipBytes
      theirs += expected
      expect(Math.abs(gzipBytes - expected)).toBeLessThanOrEqual(Math.max(8, expected * 0.04))
    }
    expect(Math.abs(ours - theirs) / theirs).toBeLessThan(0.01)
    expect(report.compression.gzipBytes).toBe(listed().reduce((sum, file) => sum + file.gzipBytes, 0))
  })

  test("says of the types which compress best and worst", () => {
    const types = [...report.compression.best, ...report.compression.worst]
    expect(types[0]?.ratio).toBeLessThan(0.01)
    expect(report.compression.worst[0]).toMatchObject({ type: ".bin", files: 2 })
    expect(report.compression.worst[0]?.ratio).toBeCloseTo(1, 2)
  })

  test("reads package.json files, and tells which are none", () => {
    expect(report.packages).toMatchObject({
      files: 8,
      licenses: { MIT: 2, ISC: 1, "MIT OR Apache-2.0": 1 },
      withoutLicense: 1,
    })
    expect(report.packages.invalid.map(({ path }) => path).toSorted()).toEqual(
      ["broken", "deep", "list"].map((name) => `packages/${name}/package.json`),
    )
  })

  test("reads source maps, and tells which are broken", () => {
    expect(report.sourceMaps).toMatchObject({ files: 5, sources: 6 })
    expect(report.sourceMaps.broken.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: "broken.js.map", reason: expect.stringContaining("JSON") },
      { path: "second.js.map", reason: "Error: its version is not 3 but 2" },
    ])
  })

  test("names every file on one line", () => {
    const paths = listed().map((file) => file.path)
    expect(paths).toEqual(
      expect.arrayContaining([
        "new\\nline",
        "back\\\\slash",
        "bell\\x07",
        "-rf",
        "\u00e9\u6f22\u{1f600}",
        "invalid-\\xff\\xc3(\\xed\\xa0\\x80",
        "\\xfe/inside",
      ]),
    )
  })

  test("is a text for people by default", async () => {
    const { stdout, stderr, code } = await startAudit([folder]).ended
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Audit of .*\n {2}\d+ files, \d+\.\d MB, in \d+ folders\n/)
    for (const title of [
      "Duplicates: ",
      "Compressibility: ",
      "package.json: 8 files, 3 invalid",
      "Source maps: 5 files of 6 sources, 2 broken",
    ]) {
      expect(stdout).toContain(title)
    }
    expect(stderr).toContain("audit › walk: completed")
    expect(stdout + stderr).not.toContain("\x1b")
  })

  test("goes as JSON into a file, with the text on stdout", async () => {
    const file = join(emptyFolder(), "report.json")
    const { stdout } = await startAudit([folder, "--json", file]).ended
    expect(stdout).toMatch(/^Audit of /)
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ files: report.files })
  })
})

test("an empty folder is a report, not an error", async () => {
  expect(await reportOn(emptyFolder())).toMatchObject({ complete: true, files: 0, folders: 1, unreadable: [] })
})

test.runIf(commoner !== "nobody")("what may not be read is listed, and is not fatal", async () => {
  const folder = emptyFolder()
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, "open"), "x")
  writeFileSync(join(folder, "secret"), "x", { mode: 0 })
  mkdirSync(join(folder, "closed"), { mode: 0 })
  const user = commoner === "self" ? {} : { user: nobody }
  const { stdout } = await new Program(process.execPath, [mainPath, folder, "--json"], user).ended
  const { unreadable, ...rest } = JSON.parse(stdout) as Report
  expect(rest).toMatchObject({ complete: true, files: 2, measuredFiles: 1 })
  expect(unreadable).toEqual([
    { path: "closed", reason: "permission denied" },
    { path: "secret", reason: "permission denied" },
  ])
})

test("a file that takes its parser down costs the audit nothing but that file", async () => {
  const folder = emptyFolder()
  for (const name of ["a", "b", "c"]) {
    mkdirSync(join(folder, name))
    const bomb = `[${"[],".repeat(4e6)}[]]`
    writeFileSync(join(folder, name, "package.json"), name === "b" ? bomb : '{ "license": "MIT" }')
  }
  const { stdout, code } = await startAudit([folder, "--json"], { NODE_OPTIONS: "--max-old-space-size=64" }).ended
  expect(JSON.parse(stdout)).toMatchObject({
    complete: true,
    measuredFiles: 3,
    packages: {
      licenses: { MIT: 2 },
      invalid: [{ path: "b/package.json", reason: "its worker ran out of memory" }],
    },
  })
  expect(code).toBe(0)
})

test.runIf(existsSync("/proc/self"))("the kernel's folders are not entered", async () => {
  expect(await reportOn("/proc")).toMatchObject({ complete: true, files: 0, kernelFolders: ["."] })
})

describe("errors of use are one line, exit code 2", () => {
  test.each([
    ["no such folder", ["/no/such/folder"], /Cannot audit \/no\/such\/folder: there is no such folder/],
    ["a file", [mainPath], /Cannot audit .*: it is not a folder/],
    ["two folders", ["a", "b"], /Cannot audit a and b: give one folder/],
    [
      "no number of threads",
      ["--threads", "0"],
      /Cannot use --threads: it must be a whole number from 1 to 999, current value is "0"/,
    ],
    ["an unknown option", ["--jsno"], /Unknown option '--jsno'/],
  ])("%s", async (_title, words, message) => {
    const { stdout, stderr, code } = await startAudit(words).ended
    expect(stdout).toBe("")
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^folder-audit: .*\n$/)
    expect(code).toBe(2)
  })
})

describe("an audit that takes long", () => {
  let folder: string

  beforeAll(() => {
    folder = emptyFolder()
    mkdirSync(join(folder, "package"))
    writeFileSync(join(folder, "package", "package.json"), '{ "license": "MIT" }')
    // sparse: a hundred gigabytes of zeros that take no room, and a long time
    for (const name of ["one", "two", "three"]) {
      writeFileSync(join(folder, name), "")
      truncateSync(join(folder, name), 100e9)
    }
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  test.each([
    ["one Ctrl-C cancels", 1],
    ["a second one terminates", 2],
  ])("%s: what is known is reported as incomplete, and no process is left", async (_title, times) => {
    const mark = `AUDIT_TEST=${randomUUID()}`
    const program = startAudit([folder, "--threads", "2"], { AUDIT_TEST: mark.slice("AUDIT_TEST=".length) })
    await program.printed("audit › inspect: completed")
    await program.printed("audit › measure 2/4: running")
    expect(processesWith(mark).length).toBeGreaterThan(0)
    program.child.kill("SIGINT")
    await program.printed("Cancelling")
    if (times === 2) program.child.kill("SIGINT")
    const { stdout, stderr, code } = await program.ended
    expect(stderr).toContain("audit: cancelled")
    expect(stdout).toMatch(/^Audit of .* \(INCOMPLETE: it was cancelled\)\n {2}4 files, 300\.0 GB/)
    expect(stdout).toContain("licences: MIT 1")
    expect(code).toBe(130)
    expect(processesWith(mark)).toEqual([])
  })
})

describe("what the audit is made of", () => {
  test("a file that takes its worker down is found by halving, and costs itself only", async () => {
    const tried: number[] = []
    const run = (files: readonly string[]): Promise<Outcome<Inspected[]>> => {
      tried.push(files.length)
      const failure = { type: "crash", signal: "SIGSEGV" } as const
      return Promise.resolve(
        files.includes("bad")
          ? { status: "failed", failure, attempts: [failure] }
          : { status: "completed", output: files.map((license) => ({ kind: "package", license })) },
      )
    }
    const results = await withoutCulprits(["a", "b", "bad", "c", "d"], run)
    expect(
      results.map((result) => ("broken" in result ? result.broken : "license" in result && result.license)),
    ).toEqual(["a", "b", "its worker was killed by SIGSEGV", "c", "d"])
    expect(tried).toEqual([5, 3, 2, 1, 2])
  })

  test("batches cost about the same, large files first and alone, and lose no file", () => {
    const files = Array.from({ length: 1000 }, (_, index) => ({
      bytes: index === 500 ? 900_000 : index === 501 ? 2_000_000 : 1000,
    }))
    const batches = batchesOf(files, 500_000)
    expect(batches.flatMap((batch) => batch.files)).toHaveLength(1000)
    expect(batches.slice(0, 2).map((batch) => batch.files)).toEqual([[{ bytes: 2_000_000 }], [{ bytes: 900_000 }]])
    for (const { cost } of batches.slice(2)) expect(cost).toBeLessThan(520_000)
  })

  test.each([
    ["plain", "plain"],
    ["tab\t", "tab\\t"],
    ["\uFEFFmark", "\uFEFFmark"],
    ["back\\", "back\\\\"],
  ])("%j is displayed as %j", (path, expected) => {
    expect(displayPath(path)).toBe(expected)
    expect(displayPath(new Uint8Array(Buffer.from(path)))).toBe(expected)
    expect(filePathOf(Buffer.from(path))).toBe(path)
  })
})
