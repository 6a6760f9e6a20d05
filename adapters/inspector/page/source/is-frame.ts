import type { Frame } from "../../frame.ts"

const types = new Set<unknown>(["@xstate.actor", "@xstate.event", "@xstate.snapshot", "@tasktor.counts"])

/** Whether somebody else's data can be taken for a frame, as far as the page relies on it. */
export function isFrame(data: unknown): data is Frame {
  if (typeof data !== "object" || data === null || !("type" in data) || !types.has(data.type)) return false
  if (data.type === "@tasktor.counts") return true
  if (!("sessionId" in data) || typeof data.sessionId !== "string") return false
  return data.type === "@xstate.event" ? has(data, "event") : has(data, "snapshot")
}

function has(data: object, name: string): boolean {
  const part = (data as Record<string, unknown>)[name]
  return typeof part === "object" && part !== null
}
