/** What a test of your own needs: time that you turn by hand. */
export { type SimulatedClock, simulatedClock } from "./simulated-clock.ts"
