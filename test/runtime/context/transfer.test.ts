import { describe, expect, it } from "vitest"
import { markedTransfers, transfer } from "../../../runtime/context/transfer.ts"

describe("transfer", () => {
  it("finds nothing where nothing was marked", () => {
    expect(markedTransfers([1, { a: new ArrayBuffer(1) }, null])).toBeUndefined()
    expect(markedTransfers("text")).toBeUndefined()
  })

  it("gives the value itself, and marks a buffer, or that of a view", () => {
    const buffer = new ArrayBuffer(8)
    const view = new Uint8Array(8)
    expect(transfer(buffer)).toBe(buffer)
    expect(markedTransfers(transfer(view))).toEqual([view.buffer])
    expect(markedTransfers([1, { deep: [buffer] }, view])).toEqual([buffer, view.buffer])
  })

  it("takes a list for what holds more", () => {
    const picture = { pixels: new Uint8Array(8), mask: new Uint8Array(8) }
    expect(markedTransfers([transfer(picture, [picture.pixels.buffer, picture.mask.buffer])])).toEqual([
      picture.pixels.buffer,
      picture.mask.buffer,
    ])
  })

  it("moves what is marked twice once", () => {
    const view = transfer(new Uint8Array(8))
    expect(markedTransfers([view, transfer(view.buffer)])).toEqual([view.buffer])
  })

  it("leaves it to the clone to refuse what cannot be looked at", () => {
    transfer(new Uint8Array(1))
    const value = {
      get bad(): never {
        throw new Error("no")
      },
    }
    expect(markedTransfers(value)).toBeUndefined()
  })

  it("survives cycles", () => {
    const cyclic: Record<string, unknown> = { view: transfer(new Uint8Array(1)) }
    cyclic["self"] = cyclic
    expect(markedTransfers(cyclic)).toHaveLength(1)
  })

  it.each([{}, [], new Date(), new Uint8Array(new SharedArrayBuffer(1))])(
    "refuses what holds nothing to move: %s",
    (value) => {
      expect(() => transfer(value)).toThrow(/Cannot transfer .* name what it holds/)
    },
  )
})
