import type { Benchmark } from "./harness/benchmark.ts"

/** Loaded by name, so that a benchmark's process holds nothing of the others. */
const load: Readonly<Record<string, () => Promise<{ readonly benchmark: Benchmark }>>> = {
  "noop-threads": () => import("./noop-threads.ts"),
  "latency-threads": () => import("./latency-threads.ts"),
  "noop-processes": () => import("./noop-processes.ts"),
  "latency-processes": () => import("./latency-processes.ts"),
  "long-among-short": () => import("./long-among-short.ts"),
  coroutines: () => import("./coroutines.ts"),
  million: () => import("./million.ts"),
  alive: () => import("./alive.ts"),
  cpu: () => import("./cpu.ts"),
  progress: () => import("./progress.ts"),
  cancel: () => import("./cancel.ts"),
  promptness: () => import("./promptness.ts"),
  pipelines: () => import("./pipelines.ts"),
  durable: () => import("./durable.ts"),
  restart: () => import("./restart.ts"),
  "idle-schedules": () => import("./idle-schedules.ts"),
  "react-frames": () => import("./react-frames.ts"),
  transfer: () => import("./transfer.ts"),
}

export const benchmarkNames: readonly string[] = Object.keys(load)

export async function benchmarkNamed(name: string): Promise<Benchmark> {
  const module = await load[name]?.()
  if (module === undefined)
    throw new RangeError(`Cannot run the benchmark "${name}": there are ${benchmarkNames.join(", ")}`)
  return module.benchmark
}
