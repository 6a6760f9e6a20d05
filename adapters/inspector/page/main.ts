/** The inspector's page: what it reads, and what shows it. */
import { AppState } from "./model/app-state.ts"
import { LiveSource } from "./source/live-source.ts"
import { readWindow } from "./source/window-source.ts"
import { ChartView } from "./view/chart-view.ts"
import { DetailsView } from "./view/details-view.ts"
import { button, byId, input } from "./view/element.ts"
import { listenToKeys } from "./view/keys.ts"
import { LogView } from "./view/log-view.ts"
import { handleRecordingFiles, showRecording } from "./view/recording-files.ts"
import { chooseTheme } from "./view/theme.ts"
import { TimelineView } from "./view/timeline-view.ts"
import { ToolbarView } from "./view/toolbar-view.ts"
import { TreeView } from "./view/tree-view.ts"

const state = new AppState()
const page = new URL(location.href)
const hasServer = page.protocol.startsWith("http") && page.searchParams.has("token")
const isRecording = page.searchParams.has("recording")

const live = new LiveSource(page, {
  restarted: () => {
    state.replace([])
    state.notice = "The program was started again"
  },
  received: (frames, missed) => {
    if (state.source.type === "live") state.receive(frames, missed)
  },
  connection: (connection) => {
    state.source = { type: "live", connection }
    state.changed()
  },
})

function goLive(): void {
  state.replace([])
  state.notice = undefined
  live.start()
}

// ------------------------------------------------------------------------------------------------------------------ what is read

if (
  readWindow((frame) => {
    if (state.source.type === "none") state.source = { type: "window" }
    if (state.source.type !== "file") state.receive([frame])
  })
) {
  state.notice = undefined
}
state.canBeLive = hasServer && !isRecording
if (isRecording) void loadServed()
else if (hasServer) live.start()
handleRecordingFiles(state, () => live.stop())

/** The file that `tasktor inspect recording.ndjson` shows. */
async function loadServed(): Promise<void> {
  const response = await fetch(new URL(`recording${page.search}`, page))
  if (response.ok)
    return showRecording(state, page.searchParams.get("recording") ?? "", await response.text(), () => undefined)
  state.notice = "Cannot open the recording: the file is gone"
  state.changed()
}

// --------------------------------------------------------------------------------------------------------------- what shows it

const tree = new TreeView(state)
const log = new LogView(state)
const chart = new ChartView(state)
const views = [
  new ToolbarView(state),
  tree,
  log,
  new TimelineView(state, () => tree.rows),
  new DetailsView(state),
  chart,
]
state.subscribe(() => {
  for (const view of views) {
    // Somebody else's frames: what one view stumbles over, the others show all the same.
    try {
      view.update()
    } catch (error) {
      reportError(error)
    }
  }
  document.body.classList.toggle("past", state.entry !== undefined)
  keepAddress()
})
chooseTheme()
state.changed()
// Times that go by, and the seconds until the next try.
setInterval(() => state.source.type === "live" && state.changed(), 1000)

// ------------------------------------------------------------------------------------------------------------------- the address

/** `#actor=tabc-7` leads to that actor, also when it is not there yet. */
function readAddress(): void {
  const wanted = new URLSearchParams(location.hash.slice(1)).get("actor") ?? undefined
  if (wanted === undefined || wanted === state.selected?.name) return
  state.want(wanted)
}

function keepAddress(): void {
  const { selected, wanted } = state
  if (selected === undefined || wanted !== undefined) return
  const hash = `#${new URLSearchParams({ actor: selected.name })}`
  if (location.hash !== hash) history.replaceState(undefined, "", hash)
}

addEventListener("hashchange", readAddress)
readAddress()

// ------------------------------------------------------------------------------------------------------------------ what is done

const togglePause = (): void => (state.held === undefined ? state.pause() : state.resume())
const showHelp = (): void => (byId("help") as HTMLDialogElement).showModal()

button("pause").addEventListener("click", togglePause)
button("clear").addEventListener("click", () => state.clear())
button("live").addEventListener("click", goLive)
button("now").addEventListener("click", () => state.look(undefined))
button("back").addEventListener("click", () => log.step(-1))
button("forth").addEventListener("click", () => log.step(1))
button("fit").addEventListener("click", () => chart.fit())
button("larger").addEventListener("click", () => chart.zoom(1.25))
button("smaller").addEventListener("click", () => chart.zoom(0.8))
button("help-open").addEventListener("click", showHelp)
byId("connection").addEventListener("click", () => live.retryNow())
listenToKeys({
  search: () => input("search").focus(),
  pause: togglePause,
  back: () => log.step(-1),
  forth: () => log.step(1),
  now: () => state.look(undefined),
  fit: () => chart.fit(),
  larger: () => chart.zoom(1.25),
  smaller: () => chart.zoom(0.8),
  help: showHelp,
})
