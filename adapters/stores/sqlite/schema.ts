import type { DatabaseSync } from "node:sqlite"

/** "TASK": by this number in its header a file is known to be ours. */
export const applicationId = 0x54_41_53_4b

/** One step from a version of the schema to the next. */
export type Migration = (db: DatabaseSync) => void

/**
 * How a file becomes what this version reads and writes: step n leads from version n to n + 1, and its number is the file's
 * `user_version`. Steps are added at the end and never changed, because files are at all of them.
 *
 * Why it looks like this:
 * - A task's entries of the batch that brought it are in its own row (`entries`). A short task, which is born and settles in one turn of
 *   the event loop, is one row: 3.5 microseconds. With a row for each entry it was four, and 6.7.
 * - Few indexes, because each costs a short task half a microsecond: by id, by status and settlement (lists, retention, the living),
 *   and for what only some tasks have: a parent, a key, a schedule.
 * - Texts where one may want to read them with `sqlite3`; no text twice: what a settled task's outcome is follows from the rest.
 */
export const migrations: readonly Migration[] = [
  (db) =>
    db.exec(`
CREATE TABLE tasks (
  born INTEGER PRIMARY KEY, -- the position of its birth in the log
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  key TEXT, -- as JSON; NULL: its id
  executor TEXT NOT NULL,
  status TEXT NOT NULL,
  phase TEXT NOT NULL,
  is_root INTEGER NOT NULL, -- its parent is not kept, or it has none
  is_dead INTEGER NOT NULL, -- failed, with no attempt left
  max_attempts REAL NOT NULL, -- which may be infinite
  is_handed_over INTEGER NOT NULL,
  is_visible INTEGER NOT NULL,
  progress REAL NOT NULL,
  message TEXT,
  attempt INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  cancel_reason TEXT, -- as JSON, from the request on
  failures, -- a value: of each attempt that failed
  failure TEXT, -- the latest one, in words
  next_attempt_at REAL, -- which may be beyond all integers
  submitted_at INTEGER NOT NULL, -- as all instants, in milliseconds since the epoch
  started_at INTEGER,
  settled_at INTEGER,
  parent TEXT,
  step TEXT,
  tags TEXT, -- as a JSON array; NULL: none
  schedule TEXT, -- which submitted it
  slot INTEGER, -- the planned instant of that
  resubmission_of TEXT,
  module TEXT,
  settings, -- a value; NULL: it cannot be run again
  args, -- a value
  publish_id TEXT,
  output, -- a value
  not_before REAL, -- as it was born with it
  born_at INTEGER, -- where that is not when it was submitted
  entries -- its entries of the batch that brought it
);
CREATE INDEX tasks_status ON tasks (status, is_root, settled_at);
CREATE INDEX tasks_parent ON tasks (parent) WHERE parent IS NOT NULL;
CREATE INDEX tasks_key ON tasks (key) WHERE key IS NOT NULL;
CREATE INDEX tasks_schedule ON tasks (schedule) WHERE schedule IS NOT NULL;

CREATE TABLE log (
  position INTEGER PRIMARY KEY, -- of the first of its entries
  task INTEGER, -- by its birth; NULL: the supervisor itself
  entries NOT NULL -- one task's of one batch
);
CREATE INDEX log_task ON log (task);

CREATE TABLE schedules (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

CREATE TABLE requests ( -- what other processes want of the owner
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  until INTEGER NOT NULL, -- afterwards nobody waits for the answer
  request TEXT NOT NULL, -- as JSON
  is_taken INTEGER NOT NULL DEFAULT 0,
  answer, -- a value
  error TEXT -- the message, where there is no answer
);`),
]
