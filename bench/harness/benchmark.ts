/** One question about speed. It is answered in a child process of its own, so that heaps and warm code do not mix. */
export interface Benchmark {
  readonly name: string
  readonly question: string
  answer(setup: Setup): Promise<Answer>
}

export interface Setup {
  /** Measured rounds, after the warm-up. */
  readonly rounds: number
  /** False for a contestant that the caller left out with `--contestant`. */
  wants(contestant: string): boolean
}

export interface Answer {
  readonly tables: readonly Table[]
  readonly targets: readonly Target[]
}

/** The rows of one comparison. The first row whose contestant is tasktor is what the ratios refer to. */
export interface Table {
  readonly title: string
  readonly unit: string
  readonly rows: readonly Row[]
}

export interface Row {
  readonly contestant: string
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

/** What was promised, and what came out. */
export interface Target {
  readonly promise: string
  readonly measured: string
  readonly met: boolean
}
