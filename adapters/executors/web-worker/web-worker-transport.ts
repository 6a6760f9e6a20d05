import type { WorkerLink, WorkerListener, WorkerTransport } from "../pool/transport.ts"
import { WebWorkerLink } from "./web-worker-link.ts"

/** Web workers of a page: messages over a port; claims, aborts and progress in shared memory where the page may have any. */
export class WebWorkerTransport implements WorkerTransport {
  readonly place = "a web worker"
  readonly canMove = true
  readonly clone = structuredClone
  /**
   * Without shared memory nothing is prefetched: a worker that computes could not be asked to give it back. It costs a short task
   * the way to the page and back, about 0.1 ms.
   */
  readonly handOverMs: number
  readonly #setup: string | undefined
  readonly #shared = globalThis.crossOriginIsolated

  constructor(setup: string | undefined) {
    this.#setup = setup
    this.handOverMs = this.#shared ? 0.5 : 0
  }

  spawn(listener: WorkerListener): WorkerLink {
    return new WebWorkerLink(this.#setup, this.#shared, listener)
  }
}
