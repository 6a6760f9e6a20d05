import { type DragEvent, type ReactNode, useRef, useState } from "react"
import { type Folder, folderOfDrop, folderOfHandle, folderOfInput } from "./folder.ts"

interface FolderPickerProps {
  readonly onChoose: (folder: Folder) => void
  readonly isSmall: boolean
}

/** Three ways to a folder: the File System API, where the browser has it, an `<input>` elsewhere, and drag and drop. */
export function FolderPicker({ onChoose, isSmall }: FolderPickerProps): ReactNode {
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setIsOver] = useState(false)

  const choose = async (): Promise<void> => {
    if (window.showDirectoryPicker === undefined) return input.current?.click()
    try {
      onChoose(folderOfHandle(await window.showDirectoryPicker({ mode: "read" })))
    } catch (error) {
      // somebody changed their mind
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error
    }
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setIsOver(false)
    onChoose(folderOfDrop(event.dataTransfer))
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dropping is the mouse's way; keyboards have the button
    <section
      className="picker"
      aria-label="Choose a folder"
      data-small={isSmall}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <button type="button" className="primary" onClick={() => void choose()}>
        {isSmall ? "Another folder…" : "Choose a folder…"}
      </button>
      <p>or drop one here</p>
      <input
        ref={input}
        type="file"
        // @ts-expect-error React's types do not know it, all browsers do
        webkitdirectory=""
        multiple
        hidden
        aria-label="Folder"
        onChange={({ currentTarget }) => {
          if (currentTarget.files !== null && currentTarget.files.length > 0)
            onChoose(folderOfInput(currentTarget.files))
          currentTarget.value = ""
        }}
      />
    </section>
  )
}
