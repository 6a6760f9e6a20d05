/** What users cannot name they cannot write down: a parameter of their own function, a field of their own class. */
import { readFileSync } from "node:fs"
import { join } from "node:path/posix"
import { expect, it } from "vitest"
import { Declarations } from "../support/declarations.ts"

/** Short for public ones, and read as those wherever they are shown. */
const shorthands = ["FailFast", "OutputOf", "Settled"].map((name) => `dist/runtime/pipeline/group.d.ts ${name}`)

const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly exports: Record<string, unknown> }

it("every type that a public signature mentions can be imported by name", () => {
  const entries = declarationsIn(exports)
  expect(entries).toContain("dist/adapters/presets/node.d.ts")
  const declarations = new Declarations()
  const known = new Map(entries.flatMap((entry) => declarations.exportsOf(entry)).map((one) => [one.id, one]))
  expect(known.size).toBeGreaterThan(100)
  const named = new Set([...known.keys(), ...shorthands])
  const unnamed = [...known.values()].flatMap((one) =>
    declarations.mentionedBy(one).flatMap(({ id }) => (named.has(id) ? [] : `${one.id} mentions ${id}`)),
  )
  expect(unnamed).toEqual([])
})

/** The `types` of each condition of each entry point. */
function declarationsIn(conditions: unknown): string[] {
  if (typeof conditions !== "object" || conditions === null) return []
  return Object.entries(conditions).flatMap(([name, value]) =>
    name === "types" ? [join(String(value))] : declarationsIn(value),
  )
}
