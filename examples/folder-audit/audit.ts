import { defineTask, events } from "tasktor"
import { inspectFiles } from "./inspect-files.ts"
import type { Inspected, Suspect } from "./inspect.ts"
import { measureFiles } from "./measure-files.ts"
import type { Measured } from "./measure.ts"
import { walk, type FileEntry, type Listing } from "./walk.ts"

/** What the audit finds out, as it does: a report is a fold over these, complete or not. */
export type AuditEvents = {
  listed: Listing
  measured: { readonly files: readonly FileEntry[]; readonly results: readonly Measured[] }
  inspected: { readonly files: readonly Suspect[]; readonly results: readonly Inspected[] }
}

/** The whole audit of one folder: walk, then measure in threads and inspect in a process, side by side. */
export const audit = defineTask({
  name: "audit",
  events: events<AuditEvents>(),
  run: async (ctx, root: string) => {
    // nobody knows how long listing takes: the bar moves with what is done of the reading and parsing
    const listing = await ctx.run(walk(root), { weight: 0 }).result()
    ctx.sendEvent("listed", listing)
    await Promise.all([measureFiles(ctx, root, listing.files), inspectFiles(ctx, root, listing.files)])
  },
})
