/**
 * What a test of your own needs: time that you turn by hand, bodies that do what you say, a record of what happened, and every
 * way that a pipeline or a machine can go.
 */
export { type FactFilter, type FactRecording, recordFacts } from "./record-facts.ts"
export type { ScriptedAttempt } from "./scripted-attempt.ts"
export { type ScriptedBodies, scriptedBodies } from "./scripted-bodies.ts"
export { type SimulatedClock, simulatedClock } from "./simulated-clock.ts"
export { type Walk, type WalkedPath, walkPaths } from "./walk-paths.ts"
