import { TaskNotFoundError } from "../failure/errors.ts"
import type { StoreRequest } from "../ports/store.ts"
import type { Schedules } from "../schedule/schedules.ts"
import type { Rooms } from "./rooms.ts"

/** Does what one wants who has nothing but the store, and gives plain data. Rejects with what is wrong. */
export async function answerRequest(rooms: Rooms, request: StoreRequest): Promise<unknown> {
  const { roster, history, inspect, schedules } = rooms
  switch (request.type) {
    case "cancel": {
      const task = roster.get(request.task)
      if (task === undefined) throw new TaskNotFoundError(request.task)
      return task.cancel(request.reason)
    }
    case "resubmit":
      return (await history.resubmit(request.task)).id
    case "purge":
      return history.purge(request.query)
    case "stats":
      return inspect.stats()
    case "registered":
      return inspect.registered()
    case "schedule":
      return answerOfSchedule(schedules.all, request)
  }
}

/** The id of the task, where one is run. */
function answerOfSchedule(
  schedules: Schedules,
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
