/** What a web worker is born with: its first message, and the only one that does not come over its port. */
export interface Birth {
  readonly port: MessagePort
  /** The bytes of its slot table, where the page may share memory. Otherwise the table is the worker's alone. */
  readonly slots: SharedArrayBuffer | undefined
  /** Address of the set-up module. */
  readonly setup: string | undefined
  /** The lock that it holds as long as it lives; undefined where the page has no locks. */
  readonly lifeLock: string | undefined
}
