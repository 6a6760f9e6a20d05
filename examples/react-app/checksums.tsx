import type { ReactNode } from "react"
import type { HashedFile } from "./findings.ts"

/** All that was read, as `sha256sum --check` wants it. */
export function Checksums({ hashed }: { readonly hashed: readonly HashedFile[] }): ReactNode {
  if (hashed.length === 0) return null
  const save = (): void => {
    const lines = hashed.map(({ sha256, path }) => `${sha256}  ${path}\n`).toSorted()
    const url = URL.createObjectURL(new Blob(lines, { type: "application/octet-stream" }))
    const link = Object.assign(document.createElement("a"), { href: url, download: "SHA256SUMS" })
    link.click()
    URL.revokeObjectURL(url)
  }
  return (
    <button type="button" onClick={save}>
      Save SHA256SUMS
    </button>
  )
}
