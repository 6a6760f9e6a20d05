#!/usr/bin/env node
// An old Node cannot even parse some of what the program imports: it is told so before the imports happen.
const oldest = [22, 19] as const
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)

if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  process.stderr.write(
    `tasktor: Cannot run under Node ${process.versions.node}: it needs ${oldest.join(".")} or newer; install a newer Node\n`,
  )
  process.exitCode = 2
} else {
  const { main } = await import("./program.ts")
  await main(process.argv.slice(2))
}

export {}
