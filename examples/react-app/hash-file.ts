/** What the web workers run: their bundle is made of this module alone. */
import { sha256 } from "@noble/hashes/sha2.js"
import { defineTask } from "tasktor"

/** Little enough to be cancelled, and to tell of progress, many times a second. */
const pieceBytes = 1 << 20

/** The SHA-256 of a file, as 64 hexadecimal digits. Memory stays bounded whatever the file's size, which `crypto.subtle` cannot do. */
export const hashFile = defineTask({
  name: "hash",
  module: import.meta.url,
  executor: "web-worker",
  grace: "1 second",
  run: async (ctx, file: File) => {
    const hash = sha256.create()
    ctx.setTotal(file.size)
    for (let at = 0; at < file.size; at += pieceBytes) {
      ctx.throwIfCancelled()
      hash.update(new Uint8Array(await file.slice(at, at + pieceBytes).arrayBuffer()))
      ctx.setProgress(Math.min(at + pieceBytes, file.size))
    }
    return [...hash.digest()].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  },
})
