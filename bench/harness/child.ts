/** Entry of the process that answers one benchmark: `child.ts <name> <rounds> [contestant]`, the answer as JSON on descriptor 3. */
import { writeSync } from "node:fs"
import { benchmarkNamed } from "../benchmarks.ts"

const [name = "", rounds = "5", contestant = ""] = process.argv.slice(2)
const benchmark = await benchmarkNamed(name)
const answer = await benchmark.answer({ rounds: Number(rounds), wants: (one) => one.includes(contestant) })
writeSync(3, JSON.stringify(answer))
process.exit(0)
