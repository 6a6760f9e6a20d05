import type { AppState } from "../model/app-state.ts"
import { button, byId, set, setText } from "./element.ts"
import { clockTime, number } from "./times.ts"

/** What is looked at: live, paused, a moment that has gone by, or a file; and what is missing from it. */
export class ToolbarView {
  readonly #state: AppState

  constructor(state: AppState) {
    this.#state = state
  }

  update(): void {
    const { held, entry, recording, notice } = this.#state
    const { kind, text } = this.#connection()
    set(byId("connection"), "data-kind", kind)
    setText(byId("connection-text"), text)
    // Said once, without the seconds that go by.
    setText(byId("connection-said"), text.replace(/, trying.*/, ""))
    const isPaused = held !== undefined
    set(button("pause"), "aria-pressed", String(isPaused))
    setText(byId("pause-text"), isPaused ? "Resume" : "Pause")
    set(byId("pause-icon"), "href", isPaused ? "#icon-play" : "#icon-pause")
    button("pause").hidden = this.#state.source.type === "file"
    button("live").hidden = this.#state.source.type !== "file" || !this.#state.canBeLive
    const waiting = held?.length ?? 0
    setText(byId("held"), isPaused ? `${number(waiting)} waiting` : "")
    byId("moment").hidden = entry === undefined
    if (entry !== undefined) setText(byId("moment-text"), `As it was at ${clockTime(entry.at)}`)
    const { counts, missed } = recording
    const leftOut = counts?.leftOut ?? 0
    const notes = [
      leftOut > 0 ? `${number(leftOut)} of ${number(counts?.tasks ?? 0)} tasks are left out by the policy` : "",
      missed > 0 ? `${number(missed)} older frames are gone` : "",
      notice ?? "",
    ].filter(Boolean)
    byId("notes").hidden = notes.length === 0
    setText(byId("notes"), notes.join(" · "))
    setText(byId("amount"), `${number(recording.actors.size)} actors, ${number(recording.entries.length)} events`)
  }

  #connection(): { readonly kind: string; readonly text: string } {
    const { source, held } = this.#state
    switch (source.type) {
      case "none":
        return { kind: "none", text: "Nothing to show yet" }
      case "file":
        return { kind: "file", text: `Recording ${source.name}` }
      case "window":
        return { kind: "open", text: held === undefined ? "Live, from the page" : "Paused" }
      case "live": {
        const { connection } = source
        if (connection.type === "open")
          return held === undefined ? { kind: "open", text: "Live" } : { kind: "held", text: "Paused" }
        if (connection.type === "connecting") return { kind: "connecting", text: "Connecting…" }
        const seconds = Math.max(0, Math.ceil((connection.retryAt - Date.now()) / 1000))
        return { kind: "lost", text: `Connection lost, trying again in ${seconds} s` }
      }
    }
  }
}
