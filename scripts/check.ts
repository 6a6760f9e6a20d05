/** `npm run check`: every check, all of them even when one fails, and a line for each at the end. */
import { spawnSync } from "node:child_process"

/** Scripts of package.json; the checks after `build` look at what it built. */
const checks = ["format:check", "lint", "types", "unused", "build", "package", "size", "docs"]

const results = checks.map((name) => {
  console.log(`\n── ${name}`)
  const startedAt = performance.now()
  // one string through a shell: on Windows npm is a .cmd file
  const { status } = spawnSync(`npm run --silent ${name}`, { stdio: "inherit", shell: true })
  return { name, passed: status === 0, seconds: (performance.now() - startedAt) / 1000 }
})

console.log()
for (const { name, passed, seconds } of results)
  console.log(`${passed ? "passed" : "FAILED"}  ${name.padEnd(12)} ${seconds.toFixed(1)} s`)
if (results.some(({ passed }) => !passed)) process.exitCode = 1
