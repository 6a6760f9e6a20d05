import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { asError } from "../../../runtime/failure/codec/as-error.ts"
import { decodeError } from "../../../runtime/failure/codec/decode-error.ts"
import { encodeError } from "../../../runtime/failure/codec/encode-error.ts"
import { registerErrorClass } from "../../../runtime/failure/codec/error-classes.ts"
import { decodeOutcome, encodeOutcome } from "../../../runtime/failure/codec/failure-codec.ts"

/** Over a boundary: as plain data, cloned. */
function cross(thrown: unknown): Error {
  return decodeError(structuredClone(encodeError(thrown)))
}

class Registered extends TypeError {
  readonly code: string
  constructor(code: string) {
    if (code === undefined) throw new Error("never called without its argument")
    super(`code ${code}`)
    this.code = code
  }
  get shout(): string {
    return this.code.toUpperCase()
  }
}
registerErrorClass(Registered)

class Unregistered extends RangeError {
  readonly limit = 3
}

describe("an error that crosses a boundary", () => {
  it.each([
    new Error("plain"),
    new TypeError("type"),
    new RangeError("range"),
    new SyntaxError("syntax"),
    new ReferenceError("reference"),
    new EvalError("eval"),
    new URIError("uri"),
  ])("keeps its class, message and stack: $name", (error) => {
    const crossed = cross(error)
    expect(Object.getPrototypeOf(crossed)).toBe(Object.getPrototypeOf(error))
    expect(crossed).toMatchObject({ name: error.name, message: error.message, stack: error.stack })
    expect(Object.keys(crossed)).toEqual([])
  })

  it("is an instance of its own class where that is registered, without calling its constructor", () => {
    const crossed = cross(new Registered("e17"))
    expect(crossed).toBeInstanceOf(Registered)
    expect(crossed).toMatchObject({ message: "code e17", code: "e17", shout: "E17", name: "TypeError" })
  })

  it("is an instance of its nearest known ancestor where it is not, under its own name", () => {
    const crossed = cross(new Unregistered("too much"))
    expect(crossed).toBeInstanceOf(RangeError)
    expect(crossed).toMatchObject({ name: "Unregistered", limit: 3 })
  })

  it("keeps a name that was given to it", () => {
    expect(cross(Object.assign(new Error("x"), { name: "Custom" })).name).toBe("Custom")
  })

  it("keeps its causes, and the errors of an AggregateError", () => {
    const crossed = cross(
      new AggregateError([new TypeError("a"), "b"], "both", { cause: new Error("c", { cause: 7 }) }),
    )
    expect(crossed).toBeInstanceOf(AggregateError)
    expect((crossed as AggregateError).errors[0]).toBeInstanceOf(TypeError)
    expect((crossed as AggregateError).errors[1]).toBe("b")
    expect(crossed.cause).toMatchObject({ message: "c", cause: 7 })
  })

  it("knows a cause of undefined from none", () => {
    expect("cause" in cross(new Error("x", { cause: undefined }))).toBe(true)
    expect("cause" in cross(new Error("x"))).toBe(false)
  })

  it("is a DOMException when it was one", () => {
    const crossed = cross(new DOMException("stopped", "AbortError"))
    expect(crossed).toBeInstanceOf(DOMException)
    expect(crossed).toMatchObject({ name: "AbortError", message: "stopped", code: DOMException.ABORT_ERR })
  })

  it("keeps the properties that can cross, and the text of the others", () => {
    const details = { when: new Date(0), map: new Map([["inner", new TypeError("deep")]]), bytes: new Uint8Array([1]) }
    const crossed = cross(
      Object.assign(new Error("x"), { details, fn: function named() {}, symbol: Symbol("s"), url: new URL("a:b") }),
    )
    expect(crossed).toMatchObject({ details, fn: "[Function named]", symbol: "Symbol(s)", url: "a:b" })
    expect((crossed as Error & { details: typeof details }).details.map.get("inner")).toBeInstanceOf(TypeError)
  })

  it("survives cycles, getters that throw, and properties without end", () => {
    const self: Record<string, unknown> = {}
    const cyclic = Object.assign(new Error("cyclic"), { self })
    self["cyclic"] = cyclic
    expect(cross(cyclic)).toMatchObject({ self: { cyclic: "[Circular]" } })
    const throwing = new Error("x")
    Object.defineProperty(throwing, "bad", {
      enumerable: true,
      get: () => {
        throw new Error("no")
      },
    })
    expect(cross(throwing)).toMatchObject({ bad: "[Threw Error: no]" })
    const long = Object.assign(new Error("long"), { list: Array.from({ length: 5000 }, () => ({})) })
    expect(cross(long)).toMatchObject({ message: "long" })
    let chain = new Error("0")
    for (let n = 1; n < 1000; n++) chain = new Error(String(n), { cause: chain })
    expect(cross(chain).cause).toMatchObject({ message: "998" })
  })

  it("does not take a property for a prototype", () => {
    const error = Object.assign(new Error("x"), JSON.parse(`{ "__proto__": { "polluted": true } }`) as object)
    expect(cross(error)).not.toHaveProperty("polluted")
    expect({}).not.toHaveProperty("polluted")
  })

  it("is made of whatever was thrown", () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        const error = asError(thrown)
        expect(error).toBeInstanceOf(Error)
        expect(() => cross(thrown)).not.toThrow()
        expect(cross(thrown).message).toBe(error.message)
      }),
    )
  })

  it("crosses again unchanged", () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.jsonValue()), (message, properties) => {
        const once = cross(Object.assign(new Unregistered(message), { properties }))
        expect(cross(once)).toMatchObject({ message, name: "Unregistered", properties, stack: once.stack })
      }),
    )
  })
})

describe("an outcome that crosses a boundary", () => {
  it("keeps the errors of all its attempts", () => {
    const failures = [
      { type: "error", error: new Registered("a") },
      { type: "crash", exitCode: 9 },
      { type: "setup", error: new TypeError("b") },
    ] as const
    const outcome = { status: "failed", failure: failures[2], attempts: failures } as const
    const crossed = decodeOutcome(structuredClone(encodeOutcome(outcome)))
    expect(crossed).toMatchObject(outcome)
  })

  it.each([
    { status: "completed", output: new Map([[1, 2]]) } as const,
    { status: "cancelled", reason: { type: "shutdown" } } as const,
  ])("is as it was when it is $status", (outcome) => {
    expect(decodeOutcome(structuredClone(encodeOutcome(outcome)))).toEqual(outcome)
  })
})

describe("what throws or cannot be cloned when it is looked at", () => {
  const trap = (): never => {
    throw new TypeError("a trap")
  }

  it.each(["cause", "errors", "stack", "name", "message"])("is left out where it is the error's own %s", (property) => {
    class Trapped extends RangeError {}
    Object.defineProperty(Trapped.prototype, property, { get: trap })
    const error = new Trapped("kept")
    delete (error as { stack?: string }).stack
    if (property === "message") delete (error as { message?: string }).message
    const crossed = cross(error)
    expect(crossed).toBeInstanceOf(RangeError)
    expect(crossed.message).toBe(property === "message" ? "" : "kept")
  })

  it("is told in words: bytes that were moved away or are shared, and proxies", () => {
    const bytes = new Uint8Array(8)
    structuredClone(bytes, { transfer: [bytes.buffer] })
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    const odd = {
      bytes,
      buffer: bytes.buffer,
      shared: new Int32Array(new SharedArrayBuffer(4)),
      date: new Proxy(new Date(0), {}),
      pattern: new Proxy(/x/, {}),
      revoked: revoked.proxy,
      fine: new Uint8Array([1, 2]),
      since: new Date(0),
    }
    const crossed = cross(Object.assign(new Error("odd"), odd))
    expect(crossed).toMatchObject({ message: "odd", fine: new Uint8Array([1, 2]), since: new Date(0) })
    expect(cross(revoked.proxy)).toBeInstanceOf(Error)
  })
})

describe("registering an error class", () => {
  it("finds it by the name that it is given, whatever a minifier calls the class", () => {
    const here = class a extends Error {}
    const there = class b extends Error {}
    registerErrorClass(there, "PaymentError")
    const encoded = structuredClone(encodeError(new there("declined")))
    registerErrorClass(here, "PaymentError")
    const crossed = decodeError(encoded)
    expect(crossed).toBeInstanceOf(here)
    expect(crossed).toMatchObject({ name: "Error", message: "declined" })
    expect(Object.keys(crossed)).toEqual([])
  })

  it("calls an heir that is not registered by its own name", () => {
    class Base extends Error {}
    registerErrorClass(Base, "BaseFailure")
    const crossed = cross(new (class Heir extends Base {})("x"))
    expect(crossed).toBeInstanceOf(Base)
    expect(crossed.name).toBe("Heir")
  })

  it("accepts a class without a name when one is given, and refuses an empty one", () => {
    const nameless = (() => class extends Error {})()
    registerErrorClass(nameless, "Nameless")
    expect(cross(new nameless("x"))).toBeInstanceOf(nameless)
    expect(() => registerErrorClass(nameless, "")).toThrow(/its name must be a text that is not empty, .*""/)
    expect(() => registerErrorClass(nameless, 7 as never)).toThrow(TypeError)
  })

  it.each([{ given: Map }, { given: "Error" }, { given: undefined }, { given: class extends Error {} }])(
    "refuses $given",
    ({ given }) => {
      if (typeof given === "function" && given.prototype instanceof Error)
        Object.defineProperty(given, "name", { value: "" })
      expect(() => registerErrorClass(given as never)).toThrow(TypeError)
    },
  )
})
