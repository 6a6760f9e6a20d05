import { ForeignTime } from "./foreign-time.ts"
import { untilQuiet } from "./quiet.ts"

/** Something that can be measured again and again. */
export interface Contestant<Sample> {
  readonly name: string
  round(): Promise<Sample>
}

/** The samples of each contestant, by name, in the order of the contestants. */
export type Samples<Sample> = ReadonlyMap<string, readonly Sample[]>

export interface Manner {
  /** Rounds of each contestant that do not count. Default 2. */
  readonly warmUps?: number
  /**
   * Nothing works here but this process: a turn in which somebody else took a fifth of the machine is taken again, twice at
   * most. The contestants' own child processes would count as somebody else.
   */
  readonly alone?: boolean
}

/**
 * Warms every contestant up, then lets them take turns. Each round begins with another contestant, and each turn on a quiet
 * machine and a heap without the garbage of the one before.
 */
export async function alternate<Sample>(
  contestants: readonly Contestant<Sample>[],
  rounds: number,
  { warmUps = 2, alone = false }: Manner = {},
): Promise<Samples<Sample>> {
  const samples = new Map<string, Sample[]>(contestants.map(({ name }) => [name, []]))
  for (let round = -warmUps; round < rounds; round += 1) {
    const first = Math.max(0, round) % Math.max(1, contestants.length)
    for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      const sample = await turn(contestant, alone && round >= 0 ? 3 : 1)
      if (round >= 0) samples.get(contestant.name)?.push(sample)
    }
    if (round >= 0) process.stderr.write(`  round ${round + 1} of ${rounds}${round + 1 === rounds ? "\n" : "\r"}`)
  }
  return samples
}

async function turn<Sample>(contestant: Contestant<Sample>, attempts: number): Promise<Sample> {
  globalThis.gc?.()
  await untilQuiet()
  const foreign = new ForeignTime()
  const sample = await contestant.round()
  return attempts > 1 && foreign.share() > 0.2 ? turn(contestant, attempts - 1) : sample
}

/** One number of each sample. */
export function pick<Sample>(samples: Samples<Sample>, select: (sample: Sample) => number): Samples<number> {
  return new Map([...samples].map(([name, values]) => [name, values.map(select)]))
}
