/** A path below the audited folder: text where the name is UTF-8, bytes where it is not. Either crosses to a worker as it is. */
export type FilePath = string | Uint8Array

/** A path as the file system gave it. */
export function filePathOf(bytes: Buffer): FilePath {
  const text = bytes.toString("utf8")
  return Buffer.from(text).equals(bytes) ? text : new Uint8Array(bytes)
}

/** `name`, as the file system gave it, in the folder `folder`; the folder "" is the audited one. */
export function inFolder(folder: FilePath, name: Buffer): FilePath {
  if (folder.length === 0) return filePathOf(name)
  return filePathOf(Buffer.concat([bytesOf(folder), slash, name]))
}

/** What Node's file system functions take. */
export function systemPath(root: string, path: FilePath): string | Buffer {
  if (path.length === 0) return root
  return typeof path === "string" ? `${root}/${path}` : Buffer.concat([Buffer.from(root), slash, path])
}

/** For people and for JSON, on one line: control characters and bytes that are not UTF-8 as `\n` or `\x..`, a backslash doubled. */
export function displayPath(path: FilePath): string {
  if (typeof path === "string") return displayText(path)
  let text = ""
  for (let at = 0; at < path.length;) {
    const length = lengthOfCharacter(path, at)
    const bytes = Buffer.from(path.subarray(at, at + Math.max(1, length)))
    text += length === 0 ? `\\x${bytes.toString("hex")}` : displayText(bytes.toString("utf8"))
    at += bytes.length
  }
  return text
}

/** The same for any text: printed as it is, it could steer a terminal. */
export function displayText(text: string): string {
  return text.replace(special, escaped)
}

const slash = Buffer.from("/")

// oxlint-disable-next-line no-control-regex -- they are what is escaped
const special = /[\0-\x1f\x7f-\x9f\u2028\u2029\\]/g
const shortEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" }

function escaped(character: string): string {
  return shortEscapes[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`
}

function bytesOf(path: FilePath): Uint8Array {
  return typeof path === "string" ? Buffer.from(path) : path
}

/** How many bytes the UTF-8 character at `at` has; 0 where there is none. */
function lengthOfCharacter(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4; length++) {
    const candidate = Buffer.from(bytes.subarray(at, at + length))
    const text = candidate.toString("utf8")
    if (text === String.fromCodePoint(text.codePointAt(0) ?? 0) && Buffer.from(text).equals(candidate)) return length
  }
  return 0
}
