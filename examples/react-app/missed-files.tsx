import type { ReactNode } from "react"
import { countText } from "./bytes.ts"
import type { MissedFile } from "./findings.ts"

const shown = 200

export function MissedFiles({ missed }: { readonly missed: readonly MissedFile[] }): ReactNode {
  if (missed.length === 0) return null
  return (
    <section className="missed" aria-label="Not read" data-alarming={missed.some(({ skipped }) => !skipped)}>
      <h2>{countText(missed.length, "file")} not read</h2>
      <ul>
        {missed.slice(0, shown).map(({ path, reason }) => (
          <li key={path}>
            <span className="path">
              <bdi>{path}</bdi>
            </span>
            <span className="reason">{reason}</span>
          </li>
        ))}
      </ul>
      {missed.length > shown && <p>and {countText(missed.length - shown, "other")}</p>}
    </section>
  )
}
