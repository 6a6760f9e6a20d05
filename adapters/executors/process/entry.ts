/** The first module of both threads of a child process. From the sources Node runs it as it is; a build makes it `entry.js`. */
import { isMainThread } from "node:worker_threads"

if (isMainThread) await import("./body-thread.ts")
else await import("./control-thread.ts")
