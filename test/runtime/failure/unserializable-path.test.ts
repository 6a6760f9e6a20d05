import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { findUnserializable } from "../../../runtime/failure/codec/unserializable-path.ts"

describe("the way to what cannot cross", () => {
  const fn = (): void => {}

  it.each([
    { value: fn, path: "v" },
    { value: [{ callback: fn }], path: "v[0].callback" },
    { value: { items: [1, 2, 3, { fn }] }, path: "v.items[3].fn" },
    { value: { "a key": Symbol("s") }, path: 'v["a key"]' },
    { value: new Map([["k", fn]]), path: 'v.get("k")' },
    { value: new Map([[fn, 1]]), path: "v.keys()" },
    { value: new Set([fn]), path: "v.values()" },
    { value: { later: Promise.resolve() }, path: "v.later" },
    { value: { weak: new WeakMap() }, path: "v.weak" },
    { value: Object.assign(new Error("x"), { fn }), path: "v.fn" },
  ])("is $path", ({ value, path }) => {
    expect(findUnserializable(value, "v")).toBe(path)
  })

  it("is the object itself when its getter throws", () => {
    const value = {
      get bad(): never {
        throw new Error("no")
      },
    }
    expect(findUnserializable({ value }, "v")).toBe("v.value")
  })

  it("leads to a proxy, which nothing tells from what it stands for", () => {
    expect(findUnserializable({ list: [{}, new Proxy({}, {})] }, "v")).toBe("v.list[1]")
    expect(findUnserializable(new Proxy({}, {}), "v")).toBe("v")
  })

  it("is the whole when that is nested deeper than any stack", () => {
    let chain: unknown = {}
    for (let n = 0; n < 50_000; n++) chain = { chain }
    expect(findUnserializable(chain, "v")).toBe("v")
  })

  it("does not go round in circles", () => {
    const cyclic: Record<string, unknown> = {}
    cyclic["self"] = cyclic
    expect(findUnserializable(cyclic, "v")).toBeUndefined()
    cyclic["fn"] = fn
    expect(findUnserializable(cyclic, "v")).toBe("v.fn")
  })

  it("leaves out what is moved", () => {
    const { port1 } = new MessageChannel()
    expect(findUnserializable({ port1 }, "v")).toBe("v.port1")
    expect(findUnserializable({ port1 }, "v", structuredClone, [port1])).toBeUndefined()
    port1.close()
  })

  it("is there exactly when a structured clone refuses the value", () => {
    const leaf = fc.oneof(fc.anything(), fc.constant(fn), fc.constant(Symbol("s")), fc.constant(new WeakSet()))
    const value = fc.letrec((tie) => ({
      tree: fc.oneof(
        leaf,
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie("tree"), { maxKeys: 3 }),
      ),
    })).tree
    fc.assert(
      fc.property(value, (given) => {
        let clones = true
        try {
          structuredClone(given)
        } catch {
          clones = false
        }
        expect(findUnserializable(given, "v") === undefined).toBe(clones)
      }),
    )
  })
})
