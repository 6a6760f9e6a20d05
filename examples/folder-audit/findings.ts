import type { TaskHandle } from "tasktor"
import type { AuditEvents } from "./audit.ts"
import { displayPath } from "./file-path.ts"
import type { FileKind, Inspected } from "./inspect.ts"
import type { Measurement } from "./measure-file.ts"
import type { Listing } from "./walk.ts"

export interface AuditedFile extends Measurement {
  readonly path: string
  readonly inode?: string | undefined
}

export interface InspectedFile {
  readonly path: string
  readonly kind: FileKind
  readonly result: Inspected
}

export interface UnreadablePath {
  readonly path: string
  readonly reason: string
}

/** All that an audit has found out so far. */
export class Findings {
  listing: Listing | undefined
  readonly files: AuditedFile[] = []
  readonly inspected: InspectedFile[] = []
  readonly unreadable: UnreadablePath[] = []
  /** The further names of files that have several. */
  readonly #otherNames = new Map<string, string[]>()

  /** Follows an audit that has just been started. */
  static of(handle: TaskHandle<void, AuditEvents>): Findings {
    const findings = new Findings()
    handle.on("listed", (listing) => findings.#list(listing))
    handle.on("measured", (batch) => findings.#measure(batch))
    handle.on("inspected", (batch) => findings.#inspect(batch))
    return findings
  }

  #list(listing: Listing): void {
    this.listing = listing
    for (const { path, reason } of listing.unreadable) this.unreadable.push({ path: displayPath(path), reason })
    for (const { path, inode } of listing.files) {
      if (inode === undefined) continue
      const others = this.#otherNames.get(inode)
      // the first name is the one under which the file is measured
      if (others === undefined) this.#otherNames.set(inode, [])
      else others.push(displayPath(path))
    }
  }

  #measure({ files, results }: AuditEvents["measured"]): void {
    for (const [index, { path, inode }] of files.entries()) {
      const result = results[index]
      if (result === undefined) continue
      const names = [displayPath(path), ...(inode === undefined ? [] : (this.#otherNames.get(inode) ?? []))]
      for (const name of names) {
        if ("unreadable" in result) this.unreadable.push({ path: name, reason: result.unreadable })
        else this.files.push({ path: name, inode, ...result })
      }
    }
  }

  #inspect({ files, results }: AuditEvents["inspected"]): void {
    for (const [index, { path, kind }] of files.entries()) {
      const result = results[index]
      if (result !== undefined) this.inspected.push({ path: displayPath(path), kind, result })
    }
  }
}
