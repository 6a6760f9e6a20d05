import { describeCancel, describeFailure } from "../../../../runtime/failure/errors.ts"
import type { CancelReason, Outcome, TaskFailure } from "../../../../machines/task/outcome.ts"
import type { TaskSnapshot } from "../../../../machines/task/snapshot.ts"
import type { FrameSnapshot } from "../../frame.ts"
import { type Actor, type Status, statusOf } from "../model/actor.ts"
import type { AppState } from "../model/app-state.ts"
import { byId, element, icon, set, setText } from "./element.ts"
import { JsonView } from "./json-view.ts"
import { valueText } from "./log-view.ts"
import { clockTime, duration } from "./times.ts"

/** What is known of the selected actor: in words, and as data. */
export class DetailsView {
  readonly #state: AppState
  readonly #snapshot = new JsonView(byId("snapshot"), 2)
  readonly #event = new JsonView(byId("event"), 2)
  #actor: Actor | undefined

  constructor(state: AppState) {
    this.#state = state
    const choose = (side: "pipeline" | "steps"): void => {
      const other = state.selected?.[side]
      if (other !== undefined) state.selectByHand(other)
    }
    byId("side-task").addEventListener("click", () => choose("pipeline"))
    byId("side-steps").addEventListener("click", () => choose("steps"))
  }

  update(): void {
    const { selected, moment, entry } = this.#state
    byId("details").hidden = selected === undefined
    if (selected === undefined) return setText(byId("title"), "")
    const stage = selected.stageAt(moment)
    const before = selected === this.#actor ? selected.stageBefore(moment)?.snapshot : undefined
    this.#actor = selected
    this.#headline(selected, stage?.snapshot ?? {})
    this.#snapshot.show(stage?.snapshot ?? {}, before)
    const event = entry?.actor === selected ? entry.event : stage?.event
    byId("event-part").hidden = event === undefined || event.type === ""
    setText(byId("event-title"), entry === undefined ? "Last event" : `Event at ${clockTime(entry.at)}`)
    this.#event.show(event, undefined)
  }

  #headline(actor: Actor, snapshot: FrameSnapshot): void {
    const status = statusOf(snapshot, actor.name)
    const { pipeline, steps } = actor
    setText(byId("title"), (pipeline ?? actor).title)
    setText(byId("subtitle"), (pipeline ?? actor).name)
    byId("sides").hidden = pipeline === undefined && steps === undefined
    set(byId("side-task"), "aria-pressed", String(steps !== undefined))
    set(byId("side-steps"), "aria-pressed", String(pipeline !== undefined))
    const pill = byId("status")
    set(pill, "data-status", status)
    pill.replaceChildren(icon(status), element("span", { text: wordsOf(status, snapshot.value) }))
    const task = actor.task === undefined ? undefined : (snapshot.context as Partial<TaskSnapshot>)
    const bar = byId("progress")
    bar.hidden = task === undefined
    const percent = Math.floor((task?.progress ?? 0) * 100)
    set(bar, "aria-valuenow", percent)
    set(bar, "data-status", status)
    bar.style.setProperty("--progress", String(task?.progress ?? 0))
    setText(byId("message"), task?.message ?? "")
    const facts = task === undefined ? factsOfMachine(actor) : factsOf(task)
    byId("facts").replaceChildren(
      ...facts.flatMap(([name, text]) => [element("dt", { text: name }), element("dd", { text })]),
    )
    this.#end(task?.outcome, snapshot)
  }

  /** How it has ended, if that is worth a word. */
  #end(outcome: Outcome<unknown> | undefined, { error }: FrameSnapshot): void {
    const place = byId("outcome")
    const failure = outcome?.status === "failed" ? outcome.failure : undefined
    const reason = outcome?.status === "cancelled" ? outcome.reason : undefined
    const text =
      failure !== undefined ? failureText(failure) : reason !== undefined ? reasonText(reason) : errorText(error)
    place.hidden = text === undefined
    if (text === undefined) return place.replaceChildren()
    set(place, "data-status", reason === undefined ? "failed" : "cancelled")
    const stack = stackOf(typeof failure === "object" && "error" in failure ? failure.error : error)
    const shown = `${text}\n${stack ?? ""}`
    if (place.dataset["shown"] === shown) return
    place.dataset["shown"] = shown
    place.replaceChildren(element("p", { text }))
    if (stack !== undefined) {
      place.append(element("details", {}, element("summary", { text: "Stack" }), element("pre", { text: stack })))
    }
  }
}

function wordsOf(status: Status, value: unknown): string {
  const where = valueText(value)
  if (status === "stopped" && where !== "") return `stopped in ${where}`
  return where === "" || where === status ? status : where.startsWith(`${status}.`) ? where.replace(".", " · ") : where
}

type Facts = readonly (readonly [name: string, text: string])[]

function factsOf(task: Partial<TaskSnapshot>): Facts {
  const { executor, attempt = 0, key, id, submittedAt, startedAt, settledAt, nextAttemptAt, tags } = task
  const facts: [string, string][] = []
  if (executor !== undefined) facts.push(["runs as", executor])
  if (attempt > 0) facts.push(["attempt", String(attempt)])
  if (key !== undefined && key !== id) facts.push(["key", typeof key === "object" ? JSON.stringify(key) : String(key)])
  // Of a recording from anywhere.
  if (Array.isArray(tags) && tags.length > 0) facts.push(["tags", tags.join(", ")])
  if (submittedAt !== undefined) facts.push(["submitted", clockTime(submittedAt)])
  if (submittedAt !== undefined && startedAt !== undefined) facts.push(["waited", duration(startedAt - submittedAt)])
  if (settledAt !== undefined) facts.push(["took", duration(settledAt - (startedAt ?? settledAt))])
  if (nextAttemptAt !== undefined) facts.push(["next attempt", clockTime(nextAttemptAt)])
  return facts.filter(([, text]) => text !== "")
}

function factsOfMachine({ createdAt, children }: Actor): Facts {
  const facts: [string, string][] = [["since", clockTime(Number(createdAt))]]
  if (children.length > 0) facts.push(["actors in it", String(children.length)])
  return facts
}

/** Of a recording from anywhere: it may have other failures than we know. */
function failureText(failure: TaskFailure): string {
  try {
    return describeFailure(failure) ?? "failed"
  } catch {
    return "failed"
  }
}

function reasonText(reason: CancelReason): string {
  try {
    return describeCancel(reason) ?? "cancelled"
  } catch {
    return "cancelled"
  }
}

function errorText(error: unknown): string | undefined {
  if (error === undefined || error === null) return undefined
  if (typeof error !== "object") return JSON.stringify(error)
  const { name = "Error", message = "" } = error as Partial<Error>
  return `${name}: ${message}`
}

function stackOf(error: unknown): string | undefined {
  const stack = typeof error === "object" && error !== null ? (error as Partial<Error>).stack : undefined
  return typeof stack === "string" ? stack : undefined
}
