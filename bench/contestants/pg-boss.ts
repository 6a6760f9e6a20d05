import { PgBoss } from "pg-boss"
import type { PostgresServer } from "../harness/postgres-server.ts"

// What one statement takes along, of 10,000; and what a worker fetches at once.
const bulk = 1000
const batchSize = 50

/** pg-boss with its workers in this process, as it is fast: they fetch batches, and go on at once while those are full. */
export class BossQueue {
  readonly #boss: PgBoss
  readonly #concurrency: number
  readonly #body: () => Promise<void>
  #queues = 0

  constructor({ host }: PostgresServer, concurrency: number, body: () => Promise<void>) {
    this.#boss = new PgBoss({ host, user: "tasktor", database: "postgres" })
    this.#boss.on("error", (error: unknown) => console.error(error))
    this.#concurrency = concurrency
    this.#body = body
  }

  async ready(): Promise<void> {
    await this.#boss.start()
  }

  /** Another queue for the next time. */
  async prepare(): Promise<void> {
    this.#queues += 1
    await this.#boss.createQueue(this.#queue)
  }

  /**
   * Adds so many, and waits until the last handler has been called: a moment before PostgreSQL knows of that. The workers begin when all have
   * been added: those that have looked into an empty queue would look again after half a second at the earliest.
   */
  async processAll(jobs: number): Promise<void> {
    for (let added = 0; added < jobs; added += bulk) {
      await this.#boss.insert(this.#queue, jobsOf(Math.min(bulk, jobs - added)))
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    let left = jobs
    const options = { batchSize, localConcurrency: this.#concurrency / batchSize, burstWhenBatchFull: true }
    await this.#boss.work(this.#queue, options, async (batch) => {
      await Promise.all(batch.map(this.#body))
      if ((left -= batch.length) === 0) resolve()
    })
    await promise
  }

  async forget(): Promise<void> {
    await this.#boss.offWork(this.#queue)
    await this.#boss.deleteQueue(this.#queue)
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false })
  }

  get #queue(): string {
    return `work-${this.#queues}`
  }
}

function jobsOf(count: number): { readonly data: object }[] {
  return Array.from({ length: count }, () => ({ data: {} }))
}
