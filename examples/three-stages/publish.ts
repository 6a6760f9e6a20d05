import * as Effect from "effect/Effect"
import { readFile } from "node:fs/promises"
import { fromEffect } from "tasktor"

export interface Published {
  readonly pages: number
  readonly words: number
}

/** Merges the counts of all pages and puts the index on the site. An Effect, because it needs no supervisor: leaving its state interrupts it. */
export const publish = fromEffect(
  ({ input }: { input: { readonly site: string; readonly counts: readonly string[] } }) =>
    Effect.gen(function* () {
      const index = new Map<string, number>()
      for (const path of input.counts) {
        const words = JSON.parse(yield* Effect.tryPromise(() => readFile(path, "utf8"))) as [string, number][]
        for (const [word, count] of words) index.set(word, (index.get(word) ?? 0) + count)
      }
      const body = JSON.stringify(Object.fromEntries([...index].toSorted(([a], [b]) => (a < b ? -1 : 1))))
      const response = yield* Effect.tryPromise((signal) =>
        fetch(`${input.site}/index.json`, { method: "PUT", body, signal }),
      )
      if (!response.ok) return yield* Effect.fail(new Error(`the site answers ${response.status} to the index`))
      return { pages: input.counts.length, words: index.size } satisfies Published
    }),
)
