import type { AppState } from "../model/app-state.ts"
import { framesIn, textOf } from "../source/recording-text.ts"
import { byId, button, element, input } from "./element.ts"

/** Saving what there is to a file, and looking at one: chosen, or dropped on the page. */
export function handleRecordingFiles(state: AppState, opened: () => void): void {
  const open = async (file: File): Promise<void> => {
    showRecording(state, file.name, await file.text(), opened)
  }
  button("save").addEventListener("click", () => save(state))
  button("load").addEventListener("click", () => input("file").click())
  input("file").addEventListener("change", () => {
    const [file] = input("file").files ?? []
    if (file !== undefined) void open(file)
    input("file").value = ""
  })
  const { body } = document
  body.addEventListener("dragover", (event) => {
    event.preventDefault()
    body.classList.add("dropping")
  })
  body.addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) body.classList.remove("dropping")
  })
  body.addEventListener("drop", (event) => {
    event.preventDefault()
    body.classList.remove("dropping")
    const [file] = event.dataTransfer?.files ?? []
    if (file !== undefined) void open(file)
  })
}

/** Shows a recording in place of what there is; what is none is said, and changes nothing. */
export function showRecording(state: AppState, name: string, text: string, opened: () => void): void {
  try {
    const { frames, broken } = framesIn(text)
    opened()
    state.source = { type: "file", name }
    state.notice = broken === 0 ? undefined : `Lines of ${name} that cannot be read: ${broken}`
    state.replace(frames)
  } catch (error) {
    state.notice = `Cannot open ${name}: ${error instanceof Error ? error.message : String(error)}`
    state.changed()
  }
}

function save({ recording }: AppState): void {
  const url = URL.createObjectURL(new Blob([textOf(recording.frames)], { type: "application/x-ndjson" }))
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-")
  const link = element("a", { href: url, download: `tasktor-${time}.ndjson` })
  byId("save").after(link)
  link.click()
  link.remove()
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
