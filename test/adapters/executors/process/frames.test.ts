import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { encodeRecord, RecordReader } from "../../../../adapters/executors/process/control-records.ts"
import { encodeFrame, FrameReader } from "../../../../adapters/executors/process/frames.ts"
import { encodeShortFrame } from "../../../../adapters/executors/process/short-frames.ts"
import { type FromWorker, fromWorker } from "../../../../adapters/executors/worker/envelopes.ts"

/** The stream's own idea of where a piece ends. */
function pieces(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  )
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

describe("frames on a stream", () => {
  it("come out as they went in, however the stream cuts them", () => {
    const values = fc.array(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
    )
    fc.assert(
      fc.property(values, fc.array(fc.nat()), (sent, cuts) => {
        const received: unknown[] = []
        const reader = new FrameReader(
          (value) => received.push(value),
          (error) => received.push(error),
        )
        for (const piece of pieces(Buffer.concat(sent.map(encodeFrame)), cuts)) reader.push(piece)
        expect(received).toEqual(structuredClone(sent))
      }),
    )
  })

  it("carry what short bodies return as records, and all else beside them", () => {
    const ticket = fc.integer({ min: 1, max: 2 ** 30 - 1 })
    const output = fc.oneof(
      fc.double(),
      fc.boolean(),
      fc.constantFrom(undefined, null, -0),
      fc.string(),
      fc.array(fc.nat()),
    )
    const started = ticket.map((one): FromWorker => [fromWorker.started, one])
    const returned = fc
      .tuple(ticket, fc.double(), fc.double(), output)
      .map(([one, progress, took, value]): FromWorker => [fromWorker.returned, one, progress, took, value])
    const message = ticket.map((one): FromWorker => [fromWorker.message, one, 0.5, "half way"])
    const batch = fc.array(fc.oneof(started, returned, { arbitrary: message, weight: 1 }), { maxLength: 80 })
    let short = 0
    fc.assert(
      fc.property(fc.array(batch), fc.array(fc.nat()), (sent, cuts) => {
        const received: unknown[] = []
        const reader = new FrameReader(
          (value) => received.push(value),
          (error) => received.push(error),
        )
        const frames = sent.map((one) => {
          const records = encodeShortFrame(one)
          if (records !== undefined) short++
          return Buffer.from(records ?? encodeFrame(one))
        })
        for (const piece of pieces(Buffer.concat(frames), cuts)) reader.push(piece)
        expect(received).toEqual(sent)
      }),
    )
    expect(short).toBeGreaterThan(0)
  })

  it("give typed arrays buffers of their own", () => {
    const received: unknown[] = []
    const reader = new FrameReader(
      (value) => received.push(value),
      (error) => received.push(error),
    )
    reader.push(Buffer.from(encodeFrame({ view: new Uint16Array([1, 2]), text: "neighbour" })))
    expect((received[0] as { view: Uint16Array }).view.buffer.byteLength).toBe(4)
  })

  it("refuse what cannot be cloned", () => {
    expect(() => encodeFrame({ fn: () => {} })).toThrow(/could not be cloned/)
    expect(() => encodeFrame(new SharedArrayBuffer(1))).toThrow(/could not be cloned/)
  })
})

describe("records on a stream", () => {
  it("come out as they went in, however the stream cuts them", () => {
    const record = fc.record({ kind: fc.nat(3), slot: fc.nat(127), ticket: fc.nat(2 ** 30 - 1), value: fc.double() })
    fc.assert(
      fc.property(fc.array(record), fc.array(fc.nat()), (sent, cuts) => {
        const received: unknown[] = []
        const reader = new RecordReader((one) => received.push(one))
        const bytes = Buffer.concat(
          sent.map(({ kind, slot, ticket, value }) => encodeRecord(kind, slot, ticket, value)),
        )
        for (const piece of pieces(bytes, cuts)) reader.push(piece)
        expect(received).toEqual(sent)
      }),
    )
  })
})
