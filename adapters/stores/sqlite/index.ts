/** Keeps tasks in a file of SQLite's, on Node's own `node:sqlite`. */
export type { Retention, RetentionLimits } from "../retention/retention.ts"
export { askOwner } from "./ask-owner.ts"
export { readSqliteStore } from "./read-sqlite-store.ts"
export { sqliteStore, type SqliteStoreOptions } from "./sqlite-store.ts"
