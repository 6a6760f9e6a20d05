import type { FolderEvents } from "./fingerprint.ts"

export type HashedFile = FolderEvents["hashed"]
export type MissedFile = FolderEvents["missed"]

/** Files with the same content. */
export interface Twins {
  readonly sha256: string
  /** Of each of them. */
  readonly bytes: number
  readonly paths: readonly string[]
}

/** What is known of a folder at one moment. */
export interface Findings {
  readonly listed: FolderEvents["listed"] | undefined
  readonly hashed: readonly HashedFile[]
  readonly hashedBytes: number
  readonly missed: readonly MissedFile[]
  /** The most wasteful first. */
  readonly twins: readonly Twins[]
  /** What keeping one of each would save. */
  readonly wastedBytes: number
}

export const nothingFound: Findings = {
  listed: undefined,
  hashed: [],
  hashedBytes: 0,
  missed: [],
  twins: [],
  wastedBytes: 0,
}

/** Takes one event after the other: each costs the same however many files there are. */
export class FindingsLog {
  #listed: Findings["listed"]
  readonly #hashed: HashedFile[] = []
  readonly #missed: MissedFile[] = []
  readonly #byContent = new Map<string, HashedFile[]>()
  readonly #twins = new Map<string, HashedFile[]>()
  #hashedBytes = 0
  #wastedBytes = 0

  listed(listed: FolderEvents["listed"]): void {
    this.#listed = listed
  }

  missed(file: MissedFile): void {
    this.#missed.push(file)
  }

  hashed(file: HashedFile): void {
    this.#hashed.push(file)
    this.#hashedBytes += file.bytes
    if (file.bytes === 0) return // empty files waste nothing
    const same = this.#byContent.get(file.sha256)
    if (same === undefined) return void this.#byContent.set(file.sha256, [file])
    same.push(file)
    this.#twins.set(file.sha256, same)
    this.#wastedBytes += file.bytes
  }

  now(): Findings {
    const twins = [...this.#twins].map(([sha256, files]) => ({
      sha256,
      bytes: files[0]?.bytes ?? 0,
      paths: files.map(({ path }) => path).toSorted(),
    }))
    return {
      listed: this.#listed,
      hashed: this.#hashed.slice(),
      hashedBytes: this.#hashedBytes,
      missed: this.#missed.slice(),
      twins: twins.toSorted((a, b) => b.bytes * (b.paths.length - 1) - a.bytes * (a.paths.length - 1)),
      wastedBytes: this.#wastedBytes,
    }
  }
}
