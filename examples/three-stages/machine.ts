import { fromTask, map, TaskCancelledError, TaskFailedError, type Supervisor, type TaskFailure } from "tasktor"
import { assign, sendTo, setup } from "xstate"
import { countWords } from "./count-words.ts"
import { download, type Page } from "./download.ts"
import { publish, type Published } from "./publish.ts"

/** All of it is plain data, and says where files stand instead of what is in them: so it can be kept, and restored after a restart. */
export interface IndexContext {
  readonly site: string
  readonly names: readonly string[]
  readonly folder: string
  readonly pages: readonly string[]
  readonly counts: readonly string[]
  /** Of the present stage, 0..1. */
  readonly progress: number
  readonly message: string
  /** Tries of the present stage that have failed. */
  readonly failed: number
  readonly problem: Problem | undefined
  readonly published: Published | undefined
}

/** Why a stage failed: the failure's type where it was a task's. */
interface Problem {
  readonly type: TaskFailure["type"]
  readonly text: string
}

interface IndexInput {
  readonly site: string
  readonly names: readonly string[]
  readonly folder: string
}

export type IndexEvent =
  /** The user has had enough: the machine ends when the work has really stopped. */
  | { readonly type: "cancel" }
  /** Not to wait any longer for the next try. */
  | { readonly type: "retry" }

const mostTries = 3

/** Makes the index of a site in three stages: its pages are downloaded, their words are counted side by side, and the index is published. */
export function indexMachine(supervisor: Supervisor) {
  return setup({
    types: { context: {} as IndexContext, events: {} as IndexEvent, input: {} as IndexInput },
    actors: {
      download: fromTask(supervisor, (pages: readonly Page[]) => map(download, pages, { concurrency: 4 })),
      countWords: fromTask(supervisor, (pages: readonly string[]) => map(countWords, pages)),
      publish,
    },
    actions: {
      beginStage: assign({ progress: 0, message: "", failed: 0, problem: undefined }),
      // A task's actor stays until its work has stopped, and says so by its error; an Effect's is interrupted when its state is left.
      askToStop: sendTo("stage", { type: "cancel", reason: "by the user" }),
    },
    guards: {
      isHopeless: ({ context }) => context.failed + 1 >= mostTries,
    },
    delays: { pause: ({ context }) => 300 * 2 ** context.failed },
  }).createMachine({
    id: "index",
    context: ({ input }) => ({
      ...input,
      pages: [],
      counts: [],
      progress: 0,
      message: "",
      failed: 0,
      problem: undefined,
      published: undefined,
    }),
    initial: "working",
    states: {
      working: {
        initial: "downloading",
        states: {
          downloading: {
            invoke: {
              id: "stage",
              src: "download",
              input: ({ context: { site, names, folder } }) => [names.map((name) => ({ site, name, folder }))] as const,
              onSnapshot: {
                actions: assign(({ event: { snapshot } }) => ({
                  progress: snapshot.progress,
                  message: snapshot.message ?? "",
                })),
              },
              onDone: { target: "processing", actions: ["beginStage", assign({ pages: ({ event }) => event.output })] },
              onError: [
                { guard: ({ event }) => event.error instanceof TaskCancelledError, target: "#index.cancelled" },
                {
                  guard: "isHopeless",
                  target: "#index.failed",
                  actions: assign(({ context, event }) => afterFailure(context, event.error)),
                },
                {
                  target: "#index.waiting",
                  actions: assign(({ context, event }) => afterFailure(context, event.error)),
                },
              ],
            },
            on: { cancel: { actions: "askToStop" } },
          },
          processing: {
            invoke: {
              id: "stage",
              src: "countWords",
              input: ({ context }) => [context.pages] as const,
              onSnapshot: {
                actions: assign(({ event: { snapshot } }) => ({
                  progress: snapshot.progress,
                  message: snapshot.message ?? "",
                })),
              },
              onDone: {
                target: "publishing",
                actions: ["beginStage", assign({ counts: ({ event }) => event.output })],
              },
              onError: [
                { guard: ({ event }) => event.error instanceof TaskCancelledError, target: "#index.cancelled" },
                {
                  target: "#index.failed",
                  actions: assign(({ context, event }) => afterFailure(context, event.error)),
                },
              ],
            },
            on: { cancel: { actions: "askToStop" } },
          },
          publishing: {
            invoke: {
              id: "stage",
              src: "publish",
              input: ({ context: { site, counts } }) => ({ site, counts }),
              onDone: { target: "#index.published", actions: assign({ published: ({ event }) => event.output }) },
              onError: [
                {
                  guard: "isHopeless",
                  target: "#index.failed",
                  actions: assign(({ context, event }) => afterFailure(context, event.error)),
                },
                {
                  target: "#index.waiting",
                  actions: assign(({ context, event }) => afterFailure(context, event.error)),
                },
              ],
            },
            on: { cancel: "#index.cancelled" },
          },
          again: { type: "history" },
        },
      },
      waiting: {
        after: { pause: "working.again" },
        on: { retry: "working.again", cancel: "cancelled" },
      },
      published: { type: "final" },
      failed: { type: "final" },
      cancelled: { type: "final" },
    },
  })
}

function afterFailure({ failed }: IndexContext, error: unknown): Pick<IndexContext, "failed" | "problem"> {
  return { failed: failed + 1, problem: problemOf(error) }
}

function problemOf(error: unknown): Problem {
  const text = error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error)
  return { type: error instanceof TaskFailedError ? error.failure.type : "error", text }
}
