import { useCallback, useRef, useState } from "react"
import { type Run, useRun } from "tasktor/react"
import { type Findings, FindingsLog, nothingFound } from "./findings.ts"
import { fingerprint, type FolderEvents } from "./fingerprint.ts"
import type { Folder } from "./folder.ts"

/** Often enough for eyes, and seldom enough for a folder of 100,000 files. */
const showEveryMs = 100

export interface Fingerprint extends Pick<Run<[Folder], void, FolderEvents>, "handle" | "pending" | "outcome"> {
  readonly findings: Findings
  /** Begins with a folder, in place of the one before. */
  readonly begin: (folder: Folder) => void
}

/** Runs the fingerprint of a folder, and gathers what it tells. */
export function useFingerprint(): Fingerprint {
  const [findings, setFindings] = useState(nothingFound)
  const log = useRef(new FindingsLog())
  const latest = useRef("")
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  const show = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = undefined
    setFindings(log.current.now())
  }, [])
  const { run, handle, pending, outcome } = useRun(fingerprint, {
    key: ["folder"], // which is no path: those are the keys of its files
    whenEvent: (task, name, data) => {
      if (task.id !== latest.current) return // of a folder that has been replaced
      const found = { [name]: data } as Partial<FolderEvents>
      if (found.listed !== undefined) log.current.listed(found.listed)
      if (found.hashed !== undefined) log.current.hashed(found.hashed)
      if (found.missed !== undefined) log.current.missed(found.missed)
      timer.current ??= setTimeout(show, showEveryMs)
    },
    whenDone: show,
  })
  const begin = useCallback(
    (folder: Folder) => {
      log.current = new FindingsLog()
      show()
      latest.current = run(folder).id
    },
    [run, show],
  )
  return { findings, begin, handle, pending, outcome }
}
