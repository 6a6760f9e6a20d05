/** The built package as its users load it: plain Node, xstate's production build, nothing of vitest around. */
import { execFile } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"

type Targets = string | { readonly [condition: string]: Targets }

const { exports, bin } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly exports: Readonly<Record<string, Targets>>
  readonly bin: { readonly tasktor: string }
}
const modules = Object.keys(exports).filter((subpath) => !subpath.endsWith(".json"))

describe("the built package", () => {
  it.each(Object.entries(exports))("has every file that the entry point %s names", (_subpath, targets) => {
    expect(filesOf(targets).filter((file) => !existsSync(file))).toEqual([])
  })

  it.each(modules)("loads %s in plain Node, and lets the program end", async (subpath) => {
    const name = `tasktor${subpath.slice(1)}`
    const program = `console.log(Object.keys(await import(${JSON.stringify(name)})).length > 0)`
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program])
    expect({ stdout, stderr }).toEqual({ stdout: "true\n", stderr: "" })
  })

  it("starts its command with a shebang", () => {
    expect(readFileSync(bin.tasktor, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/)
  })
})

function filesOf(targets: Targets): string[] {
  return typeof targets === "string" ? [targets] : Object.values(targets).flatMap(filesOf)
}
