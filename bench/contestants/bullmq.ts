import { FlowProducer, QueueEvents, Worker, type FlowJob } from "bullmq"
import type { RedisServer } from "../harness/redis-server.ts"

/** What its documentation recommends for jobs that do not compute: 100 to 300 at once. */
const concurrency = 100

const children = "children"
const parents = "parents"

/** BullMQ's flows, with their workers in this process: a job waits for its children, and gets what they gave. */
export class BullFlows {
  readonly #producer: FlowProducer
  readonly #workers: readonly Worker[]
  readonly #events: QueueEvents

  constructor({ port }: RedisServer, step: (n: number) => Promise<number>) {
    const connection = { host: "127.0.0.1", port }
    this.#producer = new FlowProducer({ connection })
    this.#events = new QueueEvents(parents, { connection })
    this.#workers = [
      new Worker(
        children,
        async (job) => {
          const [before = job.data as number] = Object.values(await job.getChildrenValues<number>())
          return step(before)
        },
        { connection, concurrency },
      ),
      new Worker(
        parents,
        async (job) => {
          const values = Object.values(await job.getChildrenValues<number>())
          return job.name === "sum" ? values.reduce((sum, n) => sum + n, 0) : values
        },
        { connection, concurrency },
      ),
    ]
  }

  async ready(): Promise<void> {
    await Promise.all([this.#producer, this.#events, ...this.#workers].map((one) => one.waitUntilReady()))
  }

  /** One step after another: each is the parent of the one before. */
  async chain(steps: number): Promise<unknown> {
    let flow: FlowJob | undefined
    for (let step = 0; step < steps; step += 1) flow = childJob(0, flow === undefined ? [] : [flow])
    return this.#run("collect", flow === undefined ? [] : [flow])
  }

  async group(members: number): Promise<unknown> {
    return this.#run("collect", leaves(members))
  }

  async chord(header: number): Promise<unknown> {
    return this.#run("sum", leaves(header))
  }

  async close(): Promise<void> {
    await Promise.all([this.#producer, this.#events, ...this.#workers].map((one) => one.close()))
  }

  async #run(name: string, of: FlowJob[]): Promise<unknown> {
    const { job } = await this.#producer.add({
      name,
      queueName: parents,
      children: of,
      opts: { removeOnComplete: true },
    })
    return job.waitUntilFinished(this.#events)
  }
}

function leaves(count: number): FlowJob[] {
  return Array.from({ length: count }, (_, n) => childJob(n, []))
}

function childJob(data: number, before: FlowJob[]): FlowJob {
  return { name: "increment", queueName: children, data, children: before, opts: { removeOnComplete: true } }
}
