import { type ActorRefFrom, assign, setup } from "xstate"

/** All that can happen to a live graph. */
export type LiveGraphEvent =
  /** A step is not what it was. */
  | { readonly type: "invalidate" }
  /** The debounce is over. */
  | { readonly type: "due" }
  /** All that is not valid is to be computed now. */
  | { readonly type: "refresh" }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  /** A step begins. */
  | { readonly type: "begin" }
  /** Nothing runs, and nothing can begin. */
  | { readonly type: "rest"; readonly isFresh: boolean }
  | { readonly type: "stop" }

/** The machine context of a live graph. */
export interface LiveGraphContext {
  readonly mode: "automatic" | "manual"
  /** How many pauses have not been resumed. */
  readonly pauses: number
  /** A refresh was asked for in a pause. */
  readonly isWanted: boolean
}

/**
 * The life of a live graph, in two regions: whether steps may begin (`gate`), and what there is of them (`work`).
 *
 * The gate is shut while invalidations are gathered, in a pause, and, in the manual mode, until a refresh is asked for. What runs already goes
 * on behind it.
 */
export const liveGraphMachine = setup({
  types: {
    context: {} as LiveGraphContext,
    events: {} as LiveGraphEvent,
    input: {} as Pick<LiveGraphContext, "mode">,
  },
  guards: {
    isManual: ({ context }) => context.mode === "manual",
    isAutomatic: ({ context }) => context.mode === "automatic",
    isLastPause: ({ context }) => context.pauses === 1,
    mustWait: ({ context }) => context.pauses === 1 && context.mode === "manual" && !context.isWanted,
    isFresh: ({ event }) => event.type === "rest" && event.isFresh,
  },
  actions: {
    onePauseMore: assign({ pauses: ({ context }) => context.pauses + 1 }),
    onePauseLess: assign({ pauses: ({ context }) => context.pauses - 1 }),
    want: assign({ isWanted: true }),
    forget: assign({ isWanted: false }),
  },
}).createMachine({
  id: "live graph",
  context: ({ input }) => ({ ...input, pauses: 0, isWanted: false }),
  initial: "living",
  states: {
    living: {
      type: "parallel",
      on: { stop: "stopped" },
      states: {
        gate: {
          initial: "choosing",
          states: {
            choosing: { always: [{ guard: "isManual", target: "held" }, { target: "open" }] },
            open: {
              on: {
                // A refresh that was asked for takes in what comes meanwhile.
                invalidate: { guard: "isAutomatic", target: "gathering" },
                rest: { guard: "isManual", target: "held" },
                pause: "paused",
              },
            },
            gathering: {
              on: { due: "open", refresh: "open", pause: "paused" },
            },
            held: { on: { refresh: "open", pause: "paused" } },
            paused: {
              entry: "onePauseMore",
              exit: ["onePauseLess", "forget"],
              on: {
                pause: { actions: "onePauseMore" },
                refresh: { actions: "want" },
                resume: [
                  { guard: "mustWait", target: "held" },
                  { guard: "isLastPause", target: "open" },
                  { actions: "onePauseLess" },
                ],
              },
            },
          },
        },
        work: {
          initial: "stale",
          states: {
            stale: { on: { begin: "computing", rest: { guard: "isFresh", target: "fresh" } } },
            computing: { on: { rest: [{ guard: "isFresh", target: "fresh" }, { target: "stale" }] } },
            fresh: { on: { invalidate: "stale" } },
          },
        },
      },
    },
    stopped: { type: "final" },
  },
})

export type LiveGraphActor = ActorRefFrom<typeof liveGraphMachine>
