/** Writes docs/lifecycle.md from the machines. */
import { writeLifecycle } from "./docs/lifecycle.ts"

writeLifecycle()
