import fastify, { type FastifyInstance } from "fastify"
import { createSupervisor, type Supervisor } from "tasktor"
import { FactLog } from "./fact-log.ts"
import { intake } from "./intake.ts"
import { addRoutes } from "./routes.ts"

export interface ServiceOptions {
  /** A folder for uploads. */
  readonly storage: string
  /** So many packages are taken at once; a further one has to come again later. */
  readonly most: number
  readonly mostBytes: number
}

export interface Service {
  readonly app: FastifyInstance
  readonly supervisor: Supervisor
}

/** So much of settled intakes clients can still ask for: a thousand usual ones, or some of the largest. */
const remembered = { tasks: 1000, characters: 32 * 2 ** 20 }

/** The app and the supervisor behind it: made together, so that what the supervisor has to tell an operator goes to the app's log. */
export function createService(options: ServiceOptions): Service {
  const app = fastify({ logger: { level: process.env["LOG_LEVEL"] ?? "info" } })
  const supervisor = createSupervisor({
    queues: { strangers: { concurrency: 1 } },
    warn: (message, cause) => app.log.warn({ err: cause }, message),
  })
  const log = new FactLog(supervisor, intake.taskName, remembered)
  addRoutes(app, supervisor, log, options)
  return { app, supervisor }
}
