/** The rooms table of ARCHITECTURE.md, checked: it reads every import in the tree. */
import { globSync } from "node:fs"
import { builtinModules } from "node:module"
import { join } from "node:path/posix"
import { describe, expect, it } from "vitest"
import { nodesOf, readModule, type Import, type Module, type Node } from "./support/imports.ts"

const benchmarkPeers = ["bullmq", "ioredis", "p-queue", "pg-boss", "piscina", "poolifier", "tinypool", "workerpool"]
/** What else an example shows tasktor in. */
const hosts: Record<string, readonly string[]> = {
  "examples/fastify-service": ["fastify"],
  "examples/react-app": ["react", "react-dom", "@noble/hashes", "vite"],
}
/** Composition roots: the only ones that know several adapters. */
const roots = ["adapters/presets", "adapters/cli"]
/** Frameworks that one adapter alone is for: whoever does not use that adapter does not have them. */
const frameworks: Record<string, readonly string[]> = { "adapters/react": ["react", "react-dom", "@xstate/react"] }
/** What else stands in the folder of a family is shared by its members. */
const families: Record<string, readonly string[]> = {
  "adapters/executors": ["coroutine", "thread", "process", "web-worker"],
  "adapters/stores": ["memory", "sqlite"],
  "adapters/engines": ["bullmq"],
}

const modules = globSync("{machines,runtime,adapters,examples,test,scripts,bench}/**/*.{ts,tsx,js,mjs}", {
  exclude: (path) => path === "node_modules",
})
  .toSorted()
  .map((path) => readModule(path))

const inRoom = (room: string): Module[] => modules.filter((module) => isInside(module.path, room))

describe("the rooms", () => {
  it.each(["machines", "runtime", "adapters", "examples"])("%s/ imports only what it may know", (room) => {
    const found = inRoom(room)
    expect(found.flatMap((module) => module.imports).length).toBeGreaterThan(0)
    expect(found.flatMap(violations)).toEqual([])
  })

  it("runtime/ports/ holds types only", () => {
    const ports = inRoom("runtime/ports")
    expect(ports.length).toBeGreaterThan(0)
    expect(ports.flatMap((port) => port.body.filter(isValue).map((node) => `${port.path}: ${node.type}`))).toEqual([])
  })

  it("machines/ has no timers, no clock and no randomness", () => {
    const machines = inRoom("machines")
    expect(machines.length).toBeGreaterThan(0)
    expect(machines.flatMap((machine) => impurities(machine).map((name) => `${machine.path}: ${name}`))).toEqual([])
  })

  it("only bench/ imports the peers it measures against", () => {
    const outside = modules.filter((module) => !isInside(module.path, "bench"))
    const peers = outside.flatMap((module) =>
      module.imports
        .filter(({ specifier = "" }) => benchmarkPeers.includes(packageOf(specifier)))
        .map(() => module.path),
    )
    expect(peers).toEqual([])
  })
})

describe("the check itself", () => {
  it.each([
    ["machines/a.ts", `import { b } from "../runtime/b.ts"`],
    ["machines/a.ts", `import * as Effect from "effect/Effect"`],
    ["machines/a.ts", `export { readFile } from "fs/promises"`],
    ["machines/a.ts", `const b = await import(somewhere)`],
    ["runtime/a.ts", `import { Worker } from "node:worker_threads"`],
    ["runtime/a.ts", `const b = await import("../adapters/b.ts")`],
    ["runtime/a.ts", `const b = new URL("../adapters/b.js", import.meta.url)`],
    ["runtime/a.ts", `const b = new URL(isSource ? "../machines/b.js" : "../adapters/b.js", import.meta.url)`],
    ["runtime/task/a.ts", `import { clock } from "../testing/clock.ts"`],
    ["runtime/ports/a.ts", `import { b } from "../b.ts"`],
    ["adapters/executors/thread/a.ts", `import { b } from "../process/b.ts"`],
    ["adapters/executors/pool/a.ts", `import { b } from "../process/b.ts"`],
    ["adapters/terminal/a.ts", `type B = import("../executors/thread/b.ts").B`],
    ["adapters/terminal/a.ts", `import { b } from "../presets/node.ts"`],
    ["adapters/terminal/a.ts", `import { b } from "../../runtime/testing/b.ts"`],
    ["adapters/terminal/a.ts", `import { use } from "react"`],
    ["adapters/presets/browser.ts", `import { useTask } from "../react/use-task.ts"`],
    ["adapters/presets/browser.ts", `import { useSelector } from "@xstate/react"`],
    ["examples/one/a.ts", `import { use } from "react"`],
    ["examples/one/a.ts", `import { b } from "../../runtime/b.ts"`],
    ["examples/one/a.ts", `import { b } from "../two/b.ts"`],
    ["examples/one/a.ts", `import { fastify } from "fastify"`],
  ])("forbids %s: %s", (path, source) => {
    expect(violations(readModule(path, source))).toHaveLength(1)
  })

  it.each([
    ["machines/a/b.ts", `import { c } from "../c.ts"; import { setup } from "xstate"`],
    ["runtime/a/b.ts", `import { c } from "../../machines/c.ts"; import * as Effect from "effect/Effect"`],
    ["runtime/a/b.ts", `/** import { Worker } from "node:worker_threads" */`],
    ["runtime/a/b.ts", `const theirs = await import(module)`],
    ["runtime/ports/a.ts", `import type { B } from "../b.ts"`],
    ["runtime/testing/a.ts", `import { b } from "../b.ts"; import { c } from "./c.ts"`],
    ["adapters/executors/thread/a.ts", `import { b } from "../pool/b.ts"; import "node:worker_threads"`],
    ["adapters/executors/thread/a.ts", `const entry = new URL("./entry.js", import.meta.url)`],
    ["adapters/presets/node.ts", `import { b } from "../executors/thread/b.ts"; import { c } from "../terminal/c.ts"`],
    ["adapters/react/a.tsx", `import { use } from "react"; import { useSelector } from "@xstate/react"`],
    [
      "examples/react-app/a.tsx",
      `import { createRoot } from "react-dom/client"; import { useTask } from "tasktor/react"`,
    ],
    ["examples/one/a.ts", `const data = new URL("../../node_modules", import.meta.url)`],
    ["examples/fastify-service/a.ts", `import { fastify } from "fastify"`],
    ["examples/one/a.ts", `import { run } from "tasktor"; import { b } from "./b.ts"; import "node:fs"`],
  ])("allows %s: %s", (path, source) => {
    expect(violations(readModule(path, source))).toEqual([])
  })

  it.each([
    "setTimeout(f, 1)",
    "Date.now()",
    "new Date()",
    "Math.random()",
    "performance.now()",
    "crypto.randomUUID()",
  ])("finds %s", (source) => {
    expect(impurities(readModule("machines/a.ts", source))).toHaveLength(1)
  })

  it.each(["export const a = 1", "export function a() {}", "export class A {}", `export { a } from "./a.ts"`])(
    "takes for a value: %s",
    (source) => {
      expect(readModule("runtime/ports/a.ts", source).body.filter(isValue)).toHaveLength(1)
    },
  )
})

function violations(module: Module): string[] {
  return module.imports
    .filter((imported) => !mayImport(module.path, imported))
    .map(({ specifier }) => `${module.path} may not import ${specifier}`)
}

/** The table. */
function mayImport(from: string, { specifier, isTypeOnly }: Import): boolean {
  // computed: a user's module, which is in none of the rooms
  if (specifier === undefined) return isInside(from, "runtime") || isInside(from, "adapters")
  const file = specifier.startsWith(".") ? join(from, "..", specifier) : undefined
  const name = packageOf(specifier)
  const inside = (...rooms: string[]): boolean => file !== undefined && rooms.some((room) => isInside(file, room))

  if (isInside(from, "machines")) return inside("machines") || name === "xstate"
  if (isInside(from, "runtime")) {
    if (inside("runtime/testing")) return isInside(from, "runtime/testing")
    if (isInside(from, "runtime/ports") && !isTypeOnly) return false
    return inside("runtime", "machines") || name === "xstate" || name === "effect"
  }
  if (isInside(from, "examples")) {
    const example = from.split("/").slice(0, 2).join("/")
    const known = ["tasktor", "effect", "xstate", ...builtinModules, ...(hosts[example] ?? [])]
    return inside(example) || known.includes(name)
  }
  if (file === undefined) return name !== "tasktor" && mayUse(from, name)
  if (roots.some((root) => isInside(from, root))) {
    return inside("adapters", "runtime", "machines") && !inside(...Object.keys(frameworks))
  }
  if (inside("runtime/testing")) return false
  return inside("runtime", "machines", adapterOf(from)) || isSharedPart(file, from)
}

function mayUse(from: string, name: string): boolean {
  return Object.entries(frameworks).every(([adapter, own]) => isInside(from, adapter) || !own.includes(name))
}

/** `adapters/terminal`, `adapters/executors/thread` */
function adapterOf(path: string): string {
  const [room, name, member] = path.split("/")
  return `${room}/${name}` in families ? `${room}/${name}/${member}` : `${room}/${name}`
}

/** Whether `path` is what the members of `from`'s family share. */
function isSharedPart(path: string, from: string): boolean {
  const family = Object.keys(families).find((folder) => isInside(from, folder))
  if (family === undefined || !isInside(path, family)) return false
  return !families[family]?.some((member) => isInside(path, `${family}/${member}`))
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`)
}

/** `"effect"` for `"effect/Effect"`, `"@a/b"` for `"@a/b/c"`, `"fs"` for `"node:fs/promises"`. */
function packageOf(specifier: string): string {
  const parts = specifier.replace(/^node:/, "").split("/")
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/")
}

/** A statement that leaves something behind at run time. */
function isValue(node: Node): boolean {
  if (node.type === "ImportDeclaration") return node["importKind"] !== "type"
  if (node.type === "ExportNamedDeclaration" || node.type === "ExportAllDeclaration")
    return node["exportKind"] !== "type"
  return node.type !== "TSInterfaceDeclaration" && node.type !== "TSTypeAliasDeclaration"
}

/** Where a module reaches for time or chance by itself. */
function impurities({ body }: Module): string[] {
  const ofTimeOrChance =
    /^(setTimeout|setInterval|setImmediate|queueMicrotask|Date|Date\.now|Math\.random|(performance|crypto|process)\..*)$/
  return [...nodesOf(body)]
    .filter((node) => node.type === "CallExpression" || (node.type === "NewExpression" && !hasArguments(node)))
    .map((node) => nameOf(node["callee"]))
    .filter((name) => ofTimeOrChance.test(name))
}

function hasArguments(node: Node): boolean {
  return Array.isArray(node["arguments"]) && node["arguments"].length > 0
}

/** `Math.random` for the callee of `Math.random()`. */
function nameOf(callee: unknown): string {
  const node = callee as Node
  if (node.type === "Identifier") return String(node["name"])
  return node.type === "MemberExpression" ? `${nameOf(node["object"])}.${nameOf(node["property"])}` : ""
}
