import { ThreadWorker } from "poolifier"
import { hold, noop, spin } from "./bodies.ts"

export default new ThreadWorker<number>({ noop, hold, spin })
