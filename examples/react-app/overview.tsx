import type { ReactNode } from "react"
import { describeCancel, describeFailure, type Outcome, type TaskHandle } from "tasktor"
import { CancelButton, ProgressBar, useTask } from "tasktor/react"
import { bytesText, countText } from "./bytes.ts"
import { Checksums } from "./checksums.tsx"
import type { Findings } from "./findings.ts"
import type { FolderEvents } from "./fingerprint.ts"

interface OverviewProps {
  readonly task: TaskHandle<void, FolderEvents>
  readonly findings: Findings
  readonly outcome: Outcome<void> | undefined
  readonly onAgain: (() => void) | undefined
}

/** How far it is, what has come of it, and what to do about it. */
export function Overview({ task, findings, outcome, onAgain }: OverviewProps): ReactNode {
  const { listed, hashed, hashedBytes, twins, wastedBytes, missed } = findings
  return (
    <section className="overview" aria-label="Overview" data-status={outcome?.status ?? "running"}>
      <dl>
        <Figure term="files" value={hashed.length.toLocaleString("en")} of={listed?.files.toLocaleString("en")} />
        <Figure term="read" value={bytesText(hashedBytes)} of={listed && bytesText(listed.bytes)} />
        <Figure
          term={twins.length === 1 ? "set of twins" : "sets of twins"}
          value={twins.length.toLocaleString("en")}
        />
        <Figure term="could be saved" value={bytesText(wastedBytes)} isMain />
      </dl>
      <ProgressBar task={task} aria-label="Progress of the folder" />
      <div className="line">
        <p role="status">{outcome === undefined ? <Doing task={task} /> : endingText(outcome, missed.length)}</p>
        <CancelButton task={task} aria-label="Stop all of it">
          Stop
        </CancelButton>
        {onAgain !== undefined && (
          <button type="button" onClick={onAgain}>
            Look again
          </button>
        )}
        {outcome !== undefined && <Checksums hashed={hashed} />}
      </div>
    </section>
  )
}

function Doing({ task }: Pick<OverviewProps, "task">): ReactNode {
  return useTask(task, (now) => now?.message || "Reading…")
}

function endingText(outcome: Outcome<void>, missed: number): string {
  switch (outcome.status) {
    case "completed":
      return missed === 0 ? "All files are read." : `Done, but for ${countText(missed, "file")}.`
    case "cancelled":
      return `Stopped: ${describeCancel(outcome.reason)}. This is what is known so far.`
    case "failed":
      return `It could not go on: ${describeFailure(outcome.failure)}`
  }
}

interface FigureProps {
  readonly term: string
  readonly value: string
  readonly of?: string | undefined
  readonly isMain?: boolean
}

function Figure({ term, value, of, isMain = false }: FigureProps): ReactNode {
  return (
    <div data-main={isMain}>
      <dt>
        {of !== undefined && of !== value && `of ${of} `}
        {term}
      </dt>
      <dd>{value}</dd>
    </div>
  )
}
