import workerpool from "workerpool"
import { hold, noop, spin } from "./bodies.ts"

workerpool.worker({ noop, hold, spin })
