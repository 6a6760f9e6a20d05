import type { Frame } from "../../frame.ts"
import { isFrame } from "./is-frame.ts"

/** What XState calls its actors is unique in one program only, and this page may show two. */
const mark = "window:"

export function isOfWindow(sessionId: string): boolean {
  return sessionId.startsWith(mark)
}

/**
 * Reads the frames that the page sends which has opened this one, or holds it in an iframe: `createBrowserInspector({ url })` and the bridge of
 * `createInspectorServer({ url })` of @statelyai/inspect do.
 *
 * @returns Whether there is such a page.
 */
export function readWindow(received: (frame: Frame) => void): boolean {
  // oxlint-disable-next-line typescript/no-unnecessary-condition -- a page that nobody has opened has no opener
  const sender: Window | null = window.parent === window ? (window.opener as Window | null) : window.parent
  if (sender === null) return false
  window.addEventListener("message", ({ source, data }: MessageEvent<unknown>) => {
    if (source === sender && isFrame(data)) received(marked(data))
  })
  // To anybody: it says nothing but that there is an inspector.
  sender.postMessage({ type: "@statelyai.connected" }, "*")
  return true
}

function marked(frame: Frame): Frame {
  const rename = <Name extends string | undefined>(name: Name): Name =>
    (name === undefined ? name : `${mark}${name}`) as Name
  switch (frame.type) {
    case "@xstate.actor":
      return { ...frame, sessionId: rename(frame.sessionId), parentId: rename(frame.parentId) }
    case "@xstate.event":
      return { ...frame, sessionId: rename(frame.sessionId), sourceId: rename(frame.sourceId) }
    case "@xstate.snapshot":
      return { ...frame, sessionId: rename(frame.sessionId) }
    case "@tasktor.counts":
      return frame
  }
}
