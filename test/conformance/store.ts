import { createSecretKey } from "node:crypto"
import fc from "fast-check"
import { createSupervisor, defineTask } from "tasktor"
import { simulatedClock } from "tasktor/testing"
import { afterEach, describe, expect, it } from "vitest"
import type { Store, StoreHost, StoreSession, TaskQuery, TaskRecord } from "../../runtime/ports/store.ts"
import { keyText } from "../../runtime/supervisor/keys.ts"
import type { Retention } from "../../adapters/stores/retention/retention.ts"
import { births, birthsOf, carving, endsOf, settled } from "./store-batches.ts"
import { queries, settledAt, type Step, steps, StoreModel } from "./store-model.ts"

/** A store, and another object for what the same place keeps: where that is possible. */
export interface TestedStore {
  readonly store: Store
  again(): Store
}

export const silentHost: StoreHost = {
  clock: simulatedClock(),
  warn: (message, cause) => {
    throw new Error(message, { cause })
  },
  asked: async () => undefined,
}

/** What every store owes the runtime, wherever it keeps things. Called once by each. */
export function describeStore(make: (options: { readonly retention?: Retention }) => TestedStore): void {
  const sessions: StoreSession[] = []
  const open = (store: Store): StoreSession => {
    const session = store.open(silentHost)
    sessions.push(session)
    return session
  }
  afterEach(() => {
    for (const session of sessions.splice(0)) session.close()
  })

  describe("what is committed", () => {
    it("is there for the next one who opens the store, in the order in which it came", () => {
      const { store, again } = make({})
      const first = open(store)
      expect([first.isFirst, first.last]).toEqual([true, 0])
      first.commit(births("a", "b", "c"))
      first.close()
      const second = open(again())
      expect([second.isFirst, second.last]).toEqual([true, 3])
      expect([...second.living()].map(({ id, born }) => [id, born])).toEqual([
        ["a", 1],
        ["b", 2],
        ["c", 3],
      ])
    })

    it("is seen by all that share the store, of whom one is the first", () => {
      const { store } = make({})
      const [first, second] = [open(store), open(store)]
      expect([first.isFirst, second.isFirst]).toEqual([true, false])
      first.commit(births("a"))
      second.commit(births("b"))
      expect([...first.entries({})].map(({ task, position }) => [task, position])).toEqual([
        ["a", 1],
        ["b", 2],
      ])
      first.close()
      expect(second.find("a")?.id).toBe("a")
    })

    it("cannot be had by one whose access was closed", () => {
      const session = open(make({}).store)
      session.close()
      session.close()
      for (const use of [() => session.commit(births("a")), () => session.find("a"), () => session.sweep(0)]) {
        expect(use).toThrow(expect.objectContaining({ name: "StoreError", problem: "closed" }))
      }
    })

    it("is nothing of a batch that cannot be kept", () => {
      const session = open(make({}).store)
      const { records } = births("b")
      expect(() => session.commit({ ...births("a"), records: [...births("a").records, ...records] })).toThrow(
        "Cannot keep the task b: the log that came with it does not begin with its birth",
      )
      expect([...session.living()]).toEqual([])
      expect(session.last).toBe(0)
      session.commit(births("a", "b"))
      expect([...session.entries({})].map(({ position }) => position)).toEqual([1, 2])
    })

    it("has a schedule as it is when it is committed, until it is removed", () => {
      const { store, again } = make({})
      const first = open(store)
      first.schedules.set("nightly", { cursor: 5, spec: { type: "at", instant: new Date(7) } })
      first.schedules.set("hourly", { cursor: 6 })
      first.schedules.set("never said", {})
      first.commit({ entries: [], records: [], schedules: new Set(["nightly", "hourly"]) })
      first.schedules.delete("hourly")
      first.commit({ entries: [], records: [], schedules: new Set(["hourly"]) })
      first.close()
      const second = open(again())
      expect([...second.schedules]).toEqual([["nightly", { cursor: 5, spec: { type: "at", instant: new Date(7) } }]])
    })
  })

  describe("a value", () => {
    it("comes back as a structured clone of it, whatever it is", () => {
      const session = open(make({}).store)
      fc.assert(
        fc.property(fc.anything(everything), (value) => {
          const kept = session.encode(value)
          expect(session.decode(kept)).toStrictEqual(structuredClone(value))
        }),
      )
    })

    it.each([
      ["a cycle", cyclic()],
      ["one object in two places", twice()],
      ["a date and a pattern", { at: new Date(0), pattern: /a/gi }],
      ["a field called __proto__", JSON.parse(`{"__proto__":{"a":1}}`)],
      ["a sparse array", [1, , 3]], // eslint-disable-line no-sparse-arrays
      ["an array with a field", Object.assign([1], { more: 2 })],
      ["an object without a prototype", Object.assign(Object.create(null) as object, { a: 1 })],
      ["negative zero", [-0, Number.NaN, Infinity]],
      ["half of a character", "\ud83d and \0"],
      ["an error with a cause", new TypeError("no", { cause: new Error("because") })],
      ["nested a thousand times", nested(1000)],
      ["a class's own kind of error", tagged(Object.assign(new Error("no"), { path: ["a"] }))],
      ["a class's own kind of map", tagged(new Map([["a", 1]]))],
      ["an object with a name for what it is", tagged({ a: 1 })],
    ])("may be %s", (_title, value: unknown) => {
      const session = open(make({}).store)
      expect(session.decode(session.encode(value))).toStrictEqual(structuredClone(value))
    })

    it("of a Buffer is its own bytes, and none of its neighbours'", () => {
      const session = open(make({}).store)
      const back = session.decode(session.encode([Buffer.from("abc"), new Uint16Array([1, 2]).subarray(1)]))
      expect(back).toStrictEqual([new Uint8Array([97, 98, 99]), new Uint16Array([2])])
    })

    it.each([
      ["a function", { run: () => 1 }],
      ["a symbol", [Symbol("a")]],
      ["a promise", Promise.resolve()],
      ["a Blob, of which nothing would be left", { list: [new Map([["file", new Blob(["x"])]])] }],
      ["a Blob with a name of its own", { file: Object.assign(new Blob(["x"]), { name: "a" }), at: new Date(0) }],
      ["a File in an error", new Error("no", { cause: new File(["x"], "a.txt") })],
      ["a key of the platform's", [undefined, createSecretKey("secret", "utf8")]],
      ["a URL, which no clone takes", [new URL("http://a"), new Date(0)]],
    ])("that is %s is refused", (_title, value: unknown) => {
      const session = open(make({}).store)
      expect(() => session.encode(value)).toThrow(expect.objectContaining({ name: "DataCloneError" }))
    })

    it("may have a DOMException in it, as causes of errors often do", () => {
      const session = open(make({}).store)
      const error = new Error("no", { cause: new DOMException("gone", "AbortError") })
      expect(session.decode(session.encode([error]))).toMatchObject([{ message: "no" }])
    })

    it("that is refused is a failure of the task, with the way to it", async () => {
      const supervisor = createSupervisor({
        store: make({}).store,
        clock: simulatedClock(),
        defaults: { retry: { maxAttempts: 1 } },
      })
      const give = defineTask({ name: "give", run: (_ctx, value: unknown) => value })
      const makes = defineTask({ name: "makes", run: () => ({ list: [1, new Blob(["x"])] }) })
      const outcomes = await Promise.all(
        [supervisor.run(give([new Blob(["x"])])), supervisor.run(makes())].map((task) => task.outcome()),
      )
      expect(outcomes).toMatchObject([
        { status: "failed", failure: { type: "serialization", path: "args[0][0]" } },
        { status: "failed", failure: { type: "serialization", path: "output.list[1]" } },
      ])
      await supervisor.shutdown()
    })

    it("is not changed by what is done to the original, or to a copy", () => {
      const session = open(make({}).store)
      const value = { list: [1], when: new Date(1) }
      const kept = session.encode(value)
      value.list.push(2)
      const copy = session.decode(kept) as typeof value
      copy.when.setTime(9)
      expect(session.decode(kept)).toEqual({ list: [1], when: new Date(1) })
    })
  })

  describe("any sequence of batches", () => {
    it("leaves what a plain model has: records, children, the log and all its parts", () => {
      fc.assert(
        fc.property(
          steps,
          fc.array(queries, { minLength: 3, maxLength: 3 }),
          fc.nat(40),
          fc.nat(40),
          (all, asked, from, to) => {
            const { session, model } = play(make, all)
            expect([...session.living()]).toEqual(
              model.records.filter(({ snapshot }) => snapshot.outcome === undefined),
            )
            expect([...session.entries({})]).toEqual(model.log)
            expect(session.last).toBe(model.last)
            expect([...session.entries({ after: from, upTo: to })]).toEqual(
              model.log.filter(({ position }) => position > from && position <= to),
            )
            for (const record of model.records) {
              const { id } = record
              expect(session.find(id)).toEqual(record)
              expect([...session.childrenOf(id)]).toEqual(
                model.records.filter(({ snapshot }) => snapshot.parent === id),
              )
              const own = model.log.filter(({ task }) => task === id)
              expect([...session.entries({ task: id })]).toEqual(own)
              expect([...session.entries({ task: id, after: from })]).toEqual(
                own.filter(({ position }) => position > from),
              )
            }
            for (const query of asked) expect(allPages(session, query)).toEqual(expected(model.records, query))
            session.close()
          },
        ),
        { numRuns: 60 },
      )
    })
  })

  describe("a list", () => {
    it("by a key that is a number has the text of the same digits too, and not the other way round", () => {
      const session = open(make({}).store)
      const keyed = [7, "7", ["7"], 70].map((key, index) => {
        const { snapshot, ...birth } = carving(`id-${index}`)
        return Object.assign(birth, { snapshot: { ...snapshot, key } })
      })
      session.commit(birthsOf([...keyed, carving("7")]))
      const keysOf = (key: string) => session.list({ key, limit: 9, sort: "oldest" }).records.map(({ id }) => id)
      expect(keysOf("7")).toEqual(["id-0", "id-1", "7"])
      expect(keysOf(`"7"`)).toEqual(["id-1", "7"])
      expect(keysOf(`["7"]`)).toEqual(["id-2"])
    })

    it("goes on where its page ended, though tasks have come meanwhile", () => {
      const session = open(make({}).store)
      session.commit(births("a", "b", "c", "d"))
      const first = session.list({ limit: 2 })
      session.commit(births("e"))
      const second = session.list({ limit: 2, cursor: first.next })
      expect([first, second].map(({ records }) => records.map(({ id }) => id))).toEqual([
        ["d", "c"],
        ["b", "a"],
      ])
      expect(second.next).toBeUndefined()
      expect(session.list({ limit: Infinity }).records).toHaveLength(5)
    })

    it.each([
      [{ limit: 0 }, `Cannot list tasks: "limit" must be a whole number, 1 or more, current value is 0`],
      [{ limit: 1, sort: "name" as never }, `Cannot list tasks: "sort" must be one of`],
      [{ limit: 1, status: "done" as never }, `Cannot list tasks: "status" must be one of`],
      [
        { limit: 1, cursor: "5", sort: "settled-newest" as const },
        `Cannot list tasks: "5" is not a cursor of this sort`,
      ],
      [{ limit: 1, cursor: "x" }, `Cannot list tasks: "x" is not a cursor of this sort`],
    ])("refuses %o", (query: TaskQuery, message) => {
      expect(() => open(make({}).store).list(query)).toThrow(message)
    })
  })

  describe("what is to be kept no longer", () => {
    it("goes in portions, until none is left", () => {
      const session = open(make({ retention: { completed: { count: 10 } } }).store)
      session.commit(settled(1200))
      const portions = [session.sweep(0), session.sweep(0), session.sweep(0), session.sweep(0)]
      expect(portions).toEqual([500, 500, 190, 0])
      expect([...session.entries({})]).toHaveLength(20)
      expect(session.list({ limit: 20, sort: "oldest" }).records[0]?.id).toBe("settled-1190")
    })

    it("goes with all that is below it, and none of that before its root has settled", () => {
      const session = open(make({ retention: { completed: { count: 0 } } }).store)
      const family = [carving("root"), carving("step", "root"), carving("inner", "step")]
      session.commit(birthsOf(family))
      session.commit(endsOf(family.slice(1)))
      expect(session.sweep(0)).toBe(0)
      session.commit(endsOf(family.slice(0, 1)))
      expect(session.sweep(0)).toBe(3)
      expect([...session.entries({})]).toEqual([])
    })

    it("gives its positions to nobody else", () => {
      const { store, again } = make({ retention: { completed: { count: 0 } } })
      const session = open(store)
      session.commit(settled(3))
      expect(session.sweep(0)).toBe(3)
      session.close()
      const next = open(again())
      expect([...next.entries({})]).toEqual([])
      next.commit(births("a"))
      expect(next.find("a")?.born).toBe(7)
    })
  })
}

const everything: fc.ObjectConstraints = {
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
}

function cyclic(): object {
  const value: { self?: object } = {}
  value.self = value
  return value
}

function twice(): object {
  const shared = { a: 1 }
  return [shared, shared]
}

function nested(depth: number): object {
  return depth === 0 ? {} : [nested(depth - 1)]
}

const keep = { count: 3, age: 50 }

/** The same steps for a store and for the model of one. */
function play(make: (options: { readonly retention?: Retention }) => TestedStore, all: readonly Step[]) {
  const { store, again } = make({ retention: { completed: keep, failed: keep, cancelled: keep } })
  let session = store.open(silentHost)
  const model = new StoreModel()
  const commit = (): void => session.commit(model.commit())
  for (const step of all) {
    switch (step.type) {
      case "birth":
        model.birth(session, step)
        break
      case "event":
        model.event(session, step)
        break
      case "commit":
        commit()
        break
      case "reopen":
        commit()
        session.close()
        session = again().open(silentHost)
        break
      case "sweep": {
        commit()
        const now = model.now + step.later
        while (session.sweep(now) > 0);
        model.sweep(now, keep.count, keep.age)
      }
    }
  }
  commit()
  return { session, model }
}

function allPages(session: StoreSession, query: TaskQuery): readonly TaskRecord[] {
  const found: TaskRecord[] = []
  for (let cursor: string | undefined; ;) {
    const { records, next } = session.list({ ...query, cursor })
    expect(records.length).toBeLessThanOrEqual(query.limit)
    found.push(...records)
    if (next === undefined) return found
    expect(records).toHaveLength(query.limit)
    cursor = next
  }
}

/** The same by the simplest means. */
function expected(records: readonly TaskRecord[], query: TaskQuery): readonly TaskRecord[] {
  const {
    status,
    name,
    tag,
    key,
    text,
    parent,
    schedule,
    since = -Infinity,
    before = Infinity,
    dead,
    sort = "newest",
  } = query
  const statuses = status === undefined ? undefined : [status].flat()
  const found = records.filter(({ snapshot, isDead }) => {
    const { origin, failures, id, message } = snapshot
    const failure = failures.at(-1)
    const said = failure !== undefined && "error" in failure ? failure.error.message : failure?.type
    const texts = [id, snapshot.name, snapshot.key === id ? "" : keyText(snapshot.key), message ?? "", said ?? ""]
    return [
      statuses?.includes(snapshot.status) ?? true,
      name === undefined || (name.endsWith("*") ? snapshot.name.startsWith(name.slice(0, -1)) : snapshot.name === name),
      tag === undefined || snapshot.tags.includes(tag),
      key === undefined || keyText(snapshot.key) === key || (key === "7" && snapshot.key === "7"),
      text === undefined || texts.some((one) => one.toUpperCase().includes(text.toUpperCase())),
      parent === undefined || (snapshot.parent ?? null) === parent,
      schedule === undefined || (origin?.type === "schedule" && origin.schedule === schedule),
      snapshot.submittedAt >= since && snapshot.submittedAt < before,
      dead === undefined || isDead === dead,
    ].every(Boolean)
  })
  const isNewest = sort.endsWith("newest")
  if (sort === "newest" || sort === "oldest") return isNewest ? found.toReversed() : found
  const living = found.filter(({ snapshot }) => snapshot.outcome === undefined)
  const past = found
    .filter(({ snapshot }) => snapshot.outcome !== undefined)
    .toSorted((a, b) => settledAt(a) - settledAt(b) || a.born - b.born)
  return isNewest ? [...past.toReversed(), ...living.toReversed()] : [...past, ...living]
}

function tagged(value: object): object {
  return Object.defineProperty(value, Symbol.toStringTag, { value: "Invoice" })
}
