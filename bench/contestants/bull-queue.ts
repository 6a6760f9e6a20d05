import { Queue, Worker } from "bullmq"
import type { RedisServer } from "../harness/redis-server.ts"

// What one request to Redis takes along.
const bulk = 1000

/** BullMQ's queue with one worker in this process. What is done stays in Redis, as it does by default. */
export class BullQueue {
  readonly #queue: Queue
  readonly #worker: Worker
  #completed: () => void = () => undefined

  constructor({ port }: RedisServer, concurrency: number, body: () => Promise<void>) {
    const connection = { host: "127.0.0.1", port }
    this.#queue = new Queue("work", { connection })
    this.#worker = new Worker("work", body, { connection, concurrency })
    this.#worker.on("completed", () => this.#completed())
  }

  async ready(): Promise<void> {
    await Promise.all([this.#queue.waitUntilReady(), this.#worker.waitUntilReady()])
  }

  /** Adds so many, and waits until Redis knows of each that it is done. */
  async processAll(jobs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    let left = jobs
    this.#completed = () => --left === 0 && resolve()
    for (let added = 0; added < jobs; added += bulk) {
      const some = Array.from({ length: Math.min(bulk, jobs - added) }, () => ({ name: "nothing", data: {} }))
      await this.#queue.addBulk(some)
    }
    await promise
  }

  async forget(): Promise<void> {
    await this.#queue.clean(0, 0, "completed")
  }

  async close(): Promise<void> {
    await Promise.all([this.#queue.close(), this.#worker.close()])
  }
}
