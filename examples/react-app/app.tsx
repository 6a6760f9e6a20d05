import { type ReactNode, useState } from "react"
import type { Folder } from "./folder.ts"
import { FolderPicker } from "./folder-picker.tsx"
import { MissedFiles } from "./missed-files.tsx"
import { Overview } from "./overview.tsx"
import { TwinList } from "./twin-list.tsx"
import { useFingerprint } from "./use-fingerprint.ts"
import { WorkInHand } from "./work-in-hand.tsx"

export function App(): ReactNode {
  const { begin, findings, handle, pending, outcome } = useFingerprint()
  const [folder, setFolder] = useState<Folder>()
  const choose = (chosen: Folder): void => {
    setFolder(() => chosen)
    begin(chosen)
  }
  return (
    <main>
      <header>
        <h1>Twins</h1>
        <p>Finds files with the same content. Your files are read here, in your browser, and go nowhere.</p>
      </header>
      <FolderPicker onChoose={choose} isSmall={handle !== undefined} />
      {handle !== undefined && (
        <Overview
          task={handle}
          findings={findings}
          outcome={outcome}
          onAgain={folder === undefined || pending ? undefined : () => begin(folder)}
        />
      )}
      {handle !== undefined && pending && <WorkInHand parent={handle.id} />}
      <MissedFiles missed={findings.missed} />
      <TwinList twins={findings.twins} />
    </main>
  )
}
