import type { StoreRequest } from "../ports/store.ts"
import type { Supervisor } from "./supervisor.ts"

/**
 * One who has nothing but the store wants something done by the supervisor that owns it. The answer is plain data; rejects with what is
 * wrong.
 */
export async function answerRequest(supervisor: Supervisor, request: StoreRequest): Promise<unknown> {
  switch (request.type) {
    case "cancel":
      return supervisor.get(request.task).cancel(request.reason)
    case "resubmit":
      return (await supervisor.history.resubmit(request.task)).id
    case "purge":
      return supervisor.history.purge(request.query)
    case "stats":
      return supervisor.inspect.stats()
    case "registered":
      return supervisor.inspect.registered()
    case "schedule":
      return changeSchedule(supervisor, request)
  }
}

/** The id of the task, where one is run. */
function changeSchedule(
  { schedules }: Supervisor,
  { action, name }: Extract<StoreRequest, { type: "schedule" }>,
): string | undefined {
  switch (action) {
    case "pause":
      schedules.pause(name)
      return undefined
    case "resume":
      schedules.resume(name)
      return undefined
    case "run":
      return schedules.runNow(name).id
  }
}
