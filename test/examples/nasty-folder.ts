import { execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { linkSync, mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), "tasktor-audit-"))
}

/** A folder with all that a walk can trip over. */
export function nastyFolder(): string {
  const root = emptyFolder()
  const at = (...path: string[]): string => join(root, ...path)
  const text = "the same text, over and over\n".repeat(500)
  mkdirSync(at("a", "b", "c", "empty"), { recursive: true })
  writeFileSync(at("empty.txt"), "")
  writeFileSync(at("also-empty.txt"), "")
  for (const name of ["one.txt", "two.txt", "a/three.txt"]) writeFileSync(at(name), text)
  linkSync(at("one.txt"), at("a", "b", "one-again.txt"))
  writeFileSync(at("tiny"), "x")
  writeFileSync(at("noise.BIN"), randomBytes(300_000))
  writeFileSync(at("large noise.bin"), randomBytes(5_000_000))
  writeFileSync(at("zeros.img"), "")
  truncateSync(at("zeros.img"), 20_000_000)
  writeFileSync(at("exactly.1m"), Buffer.alloc(1 << 20, "ab"))
  writeFileSync(at("a", "numbers.csv"), Array.from({ length: 200_000 }, (_, row) => `${row},${row * row}`).join("\n"))
  for (let index = 0; index < 300; index++)
    writeFileSync(at("a", `many-${index}.js`), `export const n${index} = ${index}\n`)
  writeNames(root)
  writeParsed(at)
  symlinkSync("one.txt", at("link-to-file"))
  symlinkSync("..", at("a", "link-to-folder-above"))
  symlinkSync("nowhere", at("broken-link"))
  execFileSync("sh", ["-c", 'mkfifo "$0"', at("fifo")])
  return root
}

/** Names that have broken programs before. */
function writeNames(root: string): void {
  const names = [
    " leading space",
    "-rf",
    "new\nline",
    "quote'\"`$(x)",
    "back\\slash",
    "\u00e9\u6f22\u{1f600}",
    "bell\x07",
    "n".repeat(255),
  ]
  for (const name of names) writeFileSync(join(root, name), `this is ${JSON.stringify(name)}`)
  writeFileSync(
    Buffer.concat([Buffer.from(`${root}/invalid-`), Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80])]),
    "not UTF-8",
  )
  mkdirSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xfe])]))
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xfe]), Buffer.from("/inside")]), "inside")
}

function writeParsed(at: (...path: string[]) => string): void {
  const packages: Readonly<Record<string, string>> = {
    good: '{ "name": "good", "license": "MIT" }',
    old: '{ "license": { "type": "ISC" } }',
    several: '{ "licenses": [{ "type": "MIT" }, { "type": "Apache-2.0" }] }',
    none: '{ "name": "none" }',
    marked: '\uFEFF{ "license": "MIT" }',
    broken: '{ "name": ',
    list: "[]",
    deep: "[".repeat(200_000),
  }
  for (const [name, content] of Object.entries(packages)) {
    mkdirSync(at("packages", name), { recursive: true })
    writeFileSync(at("packages", name, "package.json"), content)
  }
  const map = { version: 3, sources: ["a.ts", "b.ts"], mappings: "AAAA" }
  writeFileSync(at("good.js.map"), JSON.stringify(map))
  writeFileSync(at("guarded.css.map"), `)]}'\n${JSON.stringify(map)}`)
  writeFileSync(at("index.js.map"), JSON.stringify({ version: 3, sections: [{ offset: { line: 0, column: 0 }, map }] }))
  writeFileSync(at("broken.js.map"), "nonsense")
  writeFileSync(at("second.js.map"), JSON.stringify({ ...map, version: 2 }))
  writeFileSync(at("System.map"), "not one of those")
}
