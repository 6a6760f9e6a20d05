import { Deserializer, Serializer } from "node:v8"

/** By their numbers in the bytes: to be added to at the end, never changed. */
const viewNames = [
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "DataView",
  "Float16Array",
] as const

type ViewClass = {
  readonly BYTES_PER_ELEMENT?: number
  new (buffer: ArrayBuffer, offset: number, length: number): ArrayBufferView
}

/**
 * A structured clone as bytes. `v8.serialize` does nearly that; here a view takes what it shows and no more along (a small Buffer is a
 * view of 8 KB in which other Buffers are), and a Buffer comes back as the Uint8Array that `structuredClone` makes of it.
 *
 * @throws DataCloneError for what cannot be cloned.
 */
export function cloneBytes(value: unknown): Uint8Array {
  const writer = new CloneWriter()
  writer.writeHeader()
  writer.writeValue(value)
  const bytes = writer.releaseBuffer()
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export function readClone(bytes: Uint8Array): unknown {
  const reader = new CloneReader(bytes)
  reader.readHeader()
  return reader.readValue()
}

/** Documented, and missing in the declarations. */
interface WithHostViews {
  _setTreatArrayBufferViewsAsHostObjects(isHost: boolean): void
}

class CloneWriter extends Serializer {
  constructor() {
    super()
    ;(this as unknown as WithHostViews)._setTreatArrayBufferViewsAsHostObjects(true)
  }

  /** Called by V8 with what it would say. */
  _getDataCloneError(message: string): Error {
    return new DOMException(message, "DataCloneError")
  }

  /** Called by V8 for views, and for those of the platform's own objects that are not made in JavaScript (a port), which have no bytes. */
  _writeHostObject(object: object): void {
    const name = Object.prototype.toString.call(object).slice(8, -1)
    const number = viewNames.findIndex((one) => one === name)
    if (!ArrayBuffer.isView(object) || number < 0) throw this._getDataCloneError(`${name} could not be cloned.`)
    this.writeUint32(number)
    this.writeUint32(object.byteLength)
    this.writeRawBytes(new Uint8Array(object.buffer, object.byteOffset, object.byteLength))
  }
}

class CloneReader extends Deserializer {
  _readHostObject(): ArrayBufferView {
    const name = viewNames[this.readUint32()] ?? "Uint8Array"
    const length = this.readUint32()
    // a copy, so that each view has a buffer of its own and stands where its elements may
    const bytes = new Uint8Array(this.readRawBytes(length))
    const View = (globalThis as unknown as Record<string, ViewClass>)[name] as ViewClass
    return new View(bytes.buffer, 0, length / (View.BYTES_PER_ELEMENT ?? 1))
  }
}
