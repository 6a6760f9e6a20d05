import fc from "fast-check"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { nextTicket, SlotTable } from "../../../../adapters/executors/worker/slot-table.ts"

function table(): SlotTable {
  return new SlotTable(new SharedArrayBuffer(SlotTable.byteLength))
}

describe("a slot", () => {
  it("goes to whoever is first: the worker", () => {
    const slots = table()
    expect(slots.claim(3, 7)).toBe(true)
    expect(slots.revoke(3, 7)).toBe(false)
    expect(slots.hasBegun(3, 7)).toBe(true)
  })

  it("goes to whoever is first: the pool", () => {
    const slots = table()
    expect(slots.revoke(3, 7)).toBe(true)
    expect(slots.claim(3, 7)).toBe(false)
    expect(slots.hasBegun(3, 7)).toBe(false)
  })

  it("is free for the next ticket, whatever became of the last one", () => {
    const slots = table()
    slots.claim(0, 1)
    expect(slots.claim(0, 2)).toBe(true)
    slots.revoke(0, 3)
    expect(slots.claim(0, 4)).toBe(true)
  })

  it("is not begun for a ticket that was taken back, also when it has been taken back from later ones since", () => {
    const slots = table()
    expect([slots.revoke(0, 1), slots.revoke(0, 2)]).toEqual([true, true])
    expect([slots.claim(0, 1), slots.claim(0, 2)]).toEqual([false, false])
    expect([slots.claim(0, 3), slots.claim(0, 1)]).toEqual([true, false])
  })

  it("can be claimed though its last ticket is taken back, too late, at that moment", () => {
    const slots = table()
    const { load } = Atomics as { load(claims: Int32Array, slot: number): number }
    const spy = vi.spyOn(Atomics as { load: typeof load }, "load")
    onTestFinished(() => spy.mockRestore())
    spy.mockImplementationOnce((claims, slot) => {
      const seen = load(claims, slot)
      slots.revoke(0, 1)
      return seen
    })
    expect(slots.claim(0, 2)).toBe(true)
    expect(slots.hasBegun(0, 2)).toBe(true)
  })

  it("lets each ticket begin once or be taken back, in any order of offers, claims and revokes", () => {
    // The worker hears of offers in their order, and later than the pool speaks: it works through a list of its own.
    const step = fc.constantFrom("offer", "revoke", "work")
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const slots = table()
        const offered: number[] = []
        const begun = new Set<number>()
        const revoked = new Set<number>()
        let current = 0
        let last = 0
        const work = (): void => {
          const ticket = offered.shift()
          if (ticket === undefined || !slots.claim(0, ticket)) return
          expect(begun.has(ticket) || revoked.has(ticket)).toBe(false)
          begun.add(ticket)
        }
        for (const what of steps) {
          if (what === "work") work()
          else if (what === "offer" && (current === 0 || revoked.has(current) || begun.has(current))) {
            current = last = nextTicket(last)
            offered.push(current)
          } else if (what === "revoke" && current !== 0 && slots.revoke(0, current)) revoked.add(current)
        }
        while (offered.length > 0) work()
        for (let ticket = 1; ticket <= last; ticket++) expect(begun.has(ticket)).toBe(!revoked.has(ticket))
      }),
    )
  })

  it("is not touched by what comes too late for its last ticket", () => {
    const slots = table()
    slots.claim(0, 1)
    slots.claim(0, 2)
    slots.abort(0, 1)
    expect(slots.revoke(0, 1)).toBe(false)
    expect(slots.revoke(0, 2)).toBe(false)
    expect(slots.isAborted(0, 2)).toBe(false)
  })

  it("has exactly one winner, in whatever order they come, across the wrap of tickets", () => {
    const last = 2 ** 30 - 1
    const moves = fc.array(fc.constantFrom("claim", "revoke"), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(moves, { minLength: 1 }), (lives) => {
        const slots = table()
        slots.claim(5, last - 3)
        let ticket = last - 2
        for (const life of lives) {
          const winners = life.filter((move) => (move === "claim" ? slots.claim(5, ticket) : slots.revoke(5, ticket)))
          // A second claim of the winner's own changes nothing.
          expect(new Set(winners)).toEqual(new Set([life[0]]))
          ticket = nextTicket(ticket)
        }
      }),
    )
  })

  it.each([0, -0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, true, false, null, undefined])(
    "carries an output of %s",
    (value) => {
      const slots = table()
      slots.claim(1, 9)
      expect(slots.hasEnded(1, 9)).toBe(false)
      expect(slots.end(1, 9, 0.25, value)).toBe(true)
      expect(slots.hasEnded(1, 9)).toBe(true)
      expect(slots.hasBegun(1, 9)).toBe(true)
      expect(slots.value(1)).toBe(value)
      expect(slots.took(1)).toBe(0.25)
      expect(slots.revoke(1, 9)).toBe(false)
    },
  )

  it.each(["text", 1n, {}, []])("does not carry %s", (value) => {
    const slots = table()
    slots.claim(1, 9)
    expect(slots.end(1, 9, 0, value)).toBe(false)
    expect(slots.hasEnded(1, 9)).toBe(false)
  })
})
