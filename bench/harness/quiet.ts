import { cpus } from "node:os"

const lookMilliseconds = 100
const quietShare = 0.15
const longestWait = 5_000

/** Waits until other programs leave the machine alone: to be called when this one does nothing. Gives up after 5 seconds. */
export async function untilQuiet(): Promise<void> {
  const deadline = performance.now() + longestWait
  while ((await busyShare()) > quietShare && performance.now() < deadline);
}

async function busyShare(): Promise<number> {
  const [busy, all] = coreMilliseconds()
  await new Promise((resolve) => setTimeout(resolve, lookMilliseconds))
  const [busyLater, allLater] = coreMilliseconds()
  return (busyLater - busy) / Math.max(1, allLater - all)
}

/** What all cores have spent at work, and altogether, since the machine started. */
export function coreMilliseconds(): readonly [busy: number, all: number] {
  const times = cpus().map(({ times: { user, nice, sys, irq, idle } }) => ({ busy: user + nice + sys + irq, idle }))
  const busy = times.reduce((total, core) => total + core.busy, 0)
  return [busy, times.reduce((total, core) => total + core.idle, busy)]
}
