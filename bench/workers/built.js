/**
 * Definitions as a build leaves them, plain JavaScript: where the start of a fresh worker is measured, Node's type stripping is not (it
 * takes 24 ms in a thread, 40 in a process).
 */
import { defineTask } from "tasktor"

const module = import.meta.url

/** Turns for ever, and never looks at its context. */
export const deaf = defineTask({ name: "deaf", module, run: turnForEver })

/** @returns {void} */
function turnForEver() {
  for (let turn = 0; ; turn += 1) if (!Number.isFinite(turn)) return
}

/** When it began, as `machineNow` tells it. */
export const builtStamp = defineTask({ name: "builtStamp", module, run: () => Number(process.hrtime.bigint()) / 1e6 })
