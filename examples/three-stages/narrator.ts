import type { SnapshotFrom } from "xstate"
import type { indexMachine } from "./machine.ts"

type IndexSnapshot = SnapshotFrom<ReturnType<typeof indexMachine>>

/** Shows a machine as lines: its state whenever that changes, and its progress in quarters, from the machine's context alone. */
export class Narrator {
  readonly #print: (line: string) => void
  #state = ""
  #quarter = 0

  constructor(print: (line: string) => void) {
    this.#print = print
  }

  /** Whether the state is another one than it was when it was told of last. */
  isNew(snapshot: IndexSnapshot): boolean {
    return stateOf(snapshot) !== this.#state
  }

  tell(snapshot: IndexSnapshot): void {
    const state = stateOf(snapshot)
    const quarter = Math.floor(snapshot.context.progress * 4)
    if (this.isNew(snapshot)) this.#print(lineOf(state, snapshot))
    else if (quarter > this.#quarter) this.#print(`${state}: ${quarter * 25} %`)
    this.#state = state
    this.#quarter = quarter
  }
}

function stateOf({ value }: IndexSnapshot): string {
  return typeof value === "string" ? value : (value.working ?? "")
}

function lineOf(
  state: string,
  { context: { names, pages, counts, problem, failed, published } }: IndexSnapshot,
): string {
  switch (state) {
    case "downloading":
      return `downloading ${names.length} pages`
    case "processing":
      return `processing ${pages.length} pages`
    case "publishing":
      return `publishing what ${counts.length} pages have`
    case "waiting":
      return `waiting after try ${failed}: ${problem?.text}`
    case "published":
      return `published: ${published?.words} words of ${published?.pages} pages`
    case "failed":
      return `failed as ${problem?.type}: ${problem?.text}`
    default:
      return state
  }
}
