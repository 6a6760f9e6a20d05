/** The Stately inspector as it is published, on a real WebSocket server. */
import { type StatelyInspectionEvent, createWebSocketInspector } from "@statelyai/inspect"
import { chain, createSupervisor, defineTask, map } from "tasktor"
import { taskMachine } from "tasktor/machines"
import { describe, expect, it, onTestFinished } from "vitest"
import { WebSocketServer } from "ws"

/** What a server is sent until a frame satisfies the condition. */
async function statelyServer(): Promise<{
  readonly url: string
  readonly frames: readonly StatelyInspectionEvent[]
  until(condition: (frame: StatelyInspectionEvent) => boolean): Promise<void>
}> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" })
  await new Promise((resolve) => server.once("listening", resolve))
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  const frames: StatelyInspectionEvent[] = []
  const watchers = new Set<() => void>()
  server.on("connection", (socket) =>
    socket.on("message", (data: Buffer) => {
      frames.push(JSON.parse(data.toString()) as StatelyInspectionEvent)
      for (const watcher of watchers) watcher()
    }),
  )
  return {
    url: `ws://127.0.0.1:${(server.address() as { readonly port: number }).port}`,
    frames,
    until: (condition) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!frames.some(condition)) return
          watchers.delete(look)
          resolve()
        }
        watchers.add(look)
        look()
      }),
  }
}

const double = defineTask({ name: "double", run: (_ctx, n: number) => n * 2 })
const sum = defineTask({ name: "sum", run: (_ctx, all: readonly number[]) => all.reduce((a, b) => a + b, 0) })

describe.each([
  ["from the beginning", true],
  ["that is attached later", false],
])("the Stately inspector %s", (_title, fromTheBeginning) => {
  it("is sent supervisor, pipeline and tasks with their statecharts", async () => {
    const server = await statelyServer()
    const inspector = createWebSocketInspector({ url: server.url })
    onTestFinished(() => inspector.stop())
    const supervisor = createSupervisor(fromTheBeginning ? { inspect: inspector.inspect } : {})
    if (!fromTheBeginning) supervisor.actor.system.inspect(inspector.inspect)
    const handle = supervisor.run(chain(map(double, [1, 2, 3]), sum))
    expect(await handle.result()).toBe(12)
    await supervisor.shutdown()
    await server.until(({ type, ...frame }) => type === "@xstate.snapshot" && valueIn(frame) === "stopped")

    const actors = server.frames.filter((frame) => frame.type === "@xstate.actor")
    const definitionOf = (name: string): Definition =>
      JSON.parse(actors.find((actor) => actor.name === name)?.definition ?? "{}") as Definition
    const tasks = actors.filter(({ name }) => /-\d+$/.test(name))
    expect(tasks).toHaveLength(6) // chain, map, three doubles, sum
    for (const { name } of tasks) expect(definitionOf(name)).toEqual(plain(taskMachine.config))
    expect(Object.keys(definitionOf(`${handle.id}.steps`).states)).toEqual(
      expect.arrayContaining(["map", "sum", "completed", "failed", "cancelled"]),
    )
    // It had been made before anybody looked on.
    const known = fromTheBeginning ? ["supervisor"] : []
    expect(actors.filter(({ name }) => name === "supervisor").map(({ name }) => name)).toEqual(known)
    for (const name of known) {
      const states = Object.keys(definitionOf(name).states).toSorted()
      expect(states).toEqual(["draining", "open", "stopped", "stopping"])
    }
    expect(new Set(tasks.map(({ parentId }) => parentId)).size).toBe(1)

    const own = actors.find(({ name }) => name === handle.id)?.sessionId
    const values = server.frames.flatMap((frame) =>
      frame.type === "@xstate.snapshot" && frame.sessionId === own ? [valueIn(frame)] : [],
    )
    expect(values).toContainEqual({ running: "executing" })
    expect(values.at(-1)).toBe("completed")
    const steps = actors.find(({ name }) => name === `${handle.id}.steps`)?.sessionId
    expect(
      server.frames.flatMap((frame) =>
        frame.type === "@xstate.snapshot" && frame.sessionId === steps ? [valueIn(frame)] : [],
      ),
    ).toEqual(expect.arrayContaining([{ map: { double: {} } }, "sum", "completed"]))
  })
})

interface Definition {
  readonly states: object
}

function valueIn(frame: object): unknown {
  return (frame as { readonly snapshot?: { readonly value?: unknown } }).snapshot?.value
}

/** As Stately writes a configuration: functions by their names. */
function plain(config: object): unknown {
  return JSON.parse(
    JSON.stringify(config, (_name, value: unknown) => (typeof value === "function" ? { type: value.name } : value)),
  )
}
