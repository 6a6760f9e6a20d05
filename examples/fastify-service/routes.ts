import type { FastifyInstance, FastifyRequest } from "fastify"
import type { IncomingMessage } from "node:http"
import { TaskNotFoundError, type Supervisor, type TaskHandle } from "tasktor"
import { eventStream } from "./event-stream.ts"
import type { FactLog } from "./fact-log.ts"
import { HttpError } from "./http-error.ts"
import { intake } from "./intake.ts"
import type { ServiceOptions } from "./service.ts"
import { forget, receive } from "./upload.ts"
import { snapshotView } from "./views.ts"

type WithId = { Params: { id: string } }

export function addRoutes(app: FastifyInstance, supervisor: Supervisor, log: FactLog, options: ServiceOptions): void {
  const isOpen = (): boolean => supervisor.getSnapshot().state === "open"

  // The body is no JSON and need not fit into memory: the route gets it as a stream.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(["application/gzip", "application/octet-stream"], (_request, body, done) => done(null, body))

  app.get("/health", (_request, reply) =>
    reply.code(isOpen() ? 200 : 503).send({ state: supervisor.getSnapshot().state }),
  )

  app.post<{ Body: IncomingMessage; Querystring: { quality: number } }>(
    "/packages",
    {
      schema: {
        querystring: {
          type: "object",
          properties: { quality: { type: "integer", minimum: 0, maximum: 11, default: 5 } },
        },
      },
    },
    async (request, reply) => {
      if (!isOpen()) throw shuttingDown()
      if (request.body === undefined) throw new HttpError(400, "it is empty: send the bytes of a .tar.gz")
      const { quality } = request.query
      const upload = await receive(request.body, options.storage, options.mostBytes).catch((error: unknown) => {
        // What is left of the body is not read: nothing can follow it on this connection.
        void reply.header("connection", "close")
        throw error
      })
      // It may have taken a while.
      if (!isOpen()) {
        await forget(upload.folder)
        throw shuttingDown()
      }
      const key = ["intake", upload.sha256, quality]
      // The tasks that an intake runs are hidden: these are the intakes alone.
      const { length } = supervisor.getSnapshot().tasks
      if (supervisor.find(key) === undefined && length >= options.most) {
        await forget(upload.folder)
        void reply.header("retry-after", "5")
        throw new HttpError(503, `${length} packages are worked on already`)
      }
      // Whoever sends the same again while it is worked on gets the same task.
      const { id, snapshot } = supervisor.run(intake(upload, quality), {
        key,
        onConflict: "join",
        whenDone: () => void forget(upload.folder),
      })
      return reply.code(202).header("location", `/packages/${id}`).send(snapshotView(snapshot))
    },
  )

  app.get<WithId>("/packages/:id", ({ params }) => snapshotView(intakeOf(supervisor, params.id).snapshot))

  app.delete<WithId>("/packages/:id", async ({ params }) => {
    const handle = intakeOf(supervisor, params.id)
    const receipt = await handle.cancel("its client gave it up")
    return { receipt, ...snapshotView(handle.snapshot) }
  })

  app.get<WithId & { Querystring: { after?: number } }>(
    "/packages/:id/events",
    { schema: { querystring: { type: "object", properties: { after: { type: "integer" } } } } },
    (request, reply) => {
      const { id } = intakeOf(supervisor, request.params.id)
      const after = request.query.after ?? lastEventId(request)
      const facts = log.after(id, after)
      // The supervisor may know it longer than the log does.
      if (facts === undefined) throw unknownPackage()
      // Where the outcome has been seen there is nothing more: 204 tells a browser to stay away.
      if (facts.length === 0 && log.after(id, -1)?.at(-1)?.type === "outcome") return reply.code(204).send()
      return reply
        .header("content-type", "text/event-stream")
        .header("cache-control", "no-store")
        .send(eventStream(log, id, after, request.signal))
    },
  )
}

/** Not the tasks that an intake runs: they are nobody's business. */
function intakeOf(supervisor: Supervisor, id: string): TaskHandle {
  try {
    const handle = supervisor.get(id)
    if (handle.snapshot.name === intake.taskName) return handle
  } catch (error) {
    if (!(error instanceof TaskNotFoundError)) throw error
  }
  throw unknownPackage()
}

function shuttingDown(): HttpError {
  return new HttpError(503, "the service shuts down")
}

function unknownPackage(): HttpError {
  return new HttpError(404, "there is no such package, or it is long ago")
}

function lastEventId({ headers }: FastifyRequest): number {
  const id = headers["last-event-id"]
  return typeof id === "string" && /^\d+$/.test(id) ? Number(id) : -1
}
