/** Documentation must not rot: its code compiles against the built package, its links lead somewhere, its diagrams are the machines'. */
import { globSync } from "node:fs"
import { compileSnippets } from "./docs/compile.ts"
import { staleLifecycle } from "./docs/lifecycle.ts"
import { brokenLinks } from "./docs/links.ts"
import { snippetsOfPage, snippetsOfSource } from "./docs/snippets.ts"

const pages = globSync(["*.md", "docs/**/*.md", "examples/**/*.md"])
const sources = globSync("{machines,runtime,adapters}/**/*.{ts,tsx}")
const snippets = [...pages.flatMap(snippetsOfPage), ...sources.flatMap(snippetsOfSource)]

const problems = [...compileSnippets(snippets), ...pages.flatMap(brokenLinks), ...staleLifecycle()]
if (snippets.length === 0)
  problems.push("No code found in any page or @example: a check that reads nothing proves nothing")

for (const problem of problems) console.error(problem)
console.log(`${snippets.length} snippets and ${pages.length} pages, ${problems.length} problems`)
if (problems.length > 0) process.exitCode = 1
