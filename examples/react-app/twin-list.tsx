import type { ReactNode } from "react"
import { bytesText, countText } from "./bytes.ts"
import type { Twins } from "./findings.ts"

const shown = 100

/** Files with the same content, the most wasteful first. */
export function TwinList({ twins }: { readonly twins: readonly Twins[] }): ReactNode {
  if (twins.length === 0) return null
  return (
    <section className="twins" aria-label="Twins">
      <h2>Same content</h2>
      <ol>
        {twins.slice(0, shown).map(({ sha256, bytes, paths }) => (
          <li key={sha256}>
            <p>
              <strong>{bytesText(bytes * (paths.length - 1))}</strong> {paths.length} × {bytesText(bytes)}
              <code title={sha256}>{sha256.slice(0, 12)}</code>
            </p>
            <ul>
              {paths.map((path) => (
                <li key={path} className="path">
                  <bdi>{path}</bdi>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
      {twins.length > shown && <p>and {countText(twins.length - shown, "other set")}</p>}
    </section>
  )
}
