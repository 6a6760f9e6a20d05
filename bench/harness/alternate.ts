import { untilQuiet } from "./quiet.ts"

/** Something that can be measured again and again. */
export interface Contestant<Sample> {
  readonly name: string
  round(): Promise<Sample>
}

/** The samples of each contestant, by name, in the order of the contestants. */
export type Samples<Sample> = ReadonlyMap<string, readonly Sample[]>

/**
 * Warms every contestant up with rounds that do not count, then lets them take turns. Each round begins with another
 * contestant, and each turn on a quiet
 * machine and a heap without the garbage of the one before.
 */
export async function alternate<Sample>(
  contestants: readonly Contestant<Sample>[],
  rounds: number,
  warmUps = 1,
): Promise<Samples<Sample>> {
  const samples = new Map<string, Sample[]>(contestants.map(({ name }) => [name, []]))
  for (let warmUp = 0; warmUp < warmUps; warmUp += 1) {
    for (const contestant of contestants) await turn(contestant)
  }
  for (let round = 0; round < rounds; round += 1) {
    const first = round % Math.max(1, contestants.length)
    for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      samples.get(contestant.name)?.push(await turn(contestant))
    }
    process.stderr.write(`  round ${round + 1} of ${rounds}${round + 1 === rounds ? "\n" : "\r"}`)
  }
  return samples
}

async function turn<Sample>(contestant: Contestant<Sample>): Promise<Sample> {
  globalThis.gc?.()
  await untilQuiet()
  return contestant.round()
}

/** One number of each sample. */
export function pick<Sample>(samples: Samples<Sample>, select: (sample: Sample) => number): Samples<number> {
  return new Map([...samples].map(([name, values]) => [name, values.map(select)]))
}
