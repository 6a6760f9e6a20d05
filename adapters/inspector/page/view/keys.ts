/** What the page does for a key, where nobody is writing. */
export interface Commands {
  readonly search: () => void
  readonly pause: () => void
  readonly back: () => void
  readonly forth: () => void
  readonly now: () => void
  readonly fit: () => void
  readonly larger: () => void
  readonly smaller: () => void
  readonly help: () => void
}

const keys: Readonly<Record<string, keyof Commands>> = {
  "/": "search",
  p: "pause",
  "[": "back",
  "]": "forth",
  Escape: "now",
  f: "fit",
  "+": "larger",
  "=": "larger",
  "-": "smaller",
  "?": "help",
}

export function listenToKeys(commands: Commands): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    const { target } = event
    if (document.querySelector("dialog[open]") !== null) return
    const isWriting = target instanceof HTMLInputElement && target.type !== "checkbox"
    if (isWriting) {
      if (event.key === "Escape") target.blur()
      return
    }
    const command = keys[event.key]
    if (command === undefined) return
    event.preventDefault()
    commands[command]()
  })
}
