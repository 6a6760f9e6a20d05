import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe } from "vitest"
import { sqliteStore } from "../../../adapters/stores/sqlite/sqlite-store.ts"
import { describeStore } from "../../conformance/store.ts"

const folder = mkdtempSync(join(tmpdir(), "tasktor-store-"))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
const freshPath = (): string => join(folder, `${files++}.db`)

describe("a store in a file of SQLite's", () => {
  describeStore((options) => {
    const path = freshPath()
    return { store: sqliteStore(path, options), again: () => sqliteStore(path, options) }
  })
})
