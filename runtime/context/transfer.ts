// On the global object, so that two copies of this module in one program (sources beside a build, two loaders) agree.
interface Marks {
  readonly lists: WeakMap<object, readonly Transferable[]>
  /** Whether this program transfers at all: only then are values searched for marks. */
  used: boolean
}
const shared = globalThis as { [key: symbol]: Marks | undefined }
const marks = (shared[Symbol.for("tasktor.transfers")] ??= { lists: new WeakMap(), used: false })

/**
 * Marks what `value` holds for moving instead of copying when it crosses to or from a thread: the sender loses it, and the
 * time no longer depends on its size. It works in a call's arguments, in what a body returns, and in the data of its events.
 *
 * An attempt whose arguments were moved cannot be retried: they are gone. Coroutines get the value itself; child processes
 * share no memory with their parent, so there it is copied.
 *
 * @param list What is moved. Default: `value` itself if it can be moved, or the buffer of a typed array.
 * @throws TypeError when there is nothing that can be moved.
 * @example
 * const pixels = new Uint8Array(16_000_000)
 * const sharpen = defineTask({ name: "sharpen", module: import.meta.url, executor: "thread", run: (_ctx, image: Uint8Array) => transfer(image) })
 * const handle = supervisor.run(sharpen(transfer(pixels)))
 */
export function transfer<Value extends object>(value: Value, list?: readonly Transferable[]): Value {
  const moved = list ?? transferablesOf(value)
  if (moved.length === 0) {
    throw new TypeError(
      `Cannot transfer ${Object.prototype.toString.call(value)}: it is no ArrayBuffer, typed array, MessagePort or stream; name what it holds in the list, as in transfer(value, [value.buffer])`,
    )
  }
  marks.lists.set(value, moved)
  marks.used = true
  return value
}

/** Everything marked in `value`, inside arrays and plain objects too; undefined where there is nothing. */
export function markedTransfers(value: unknown): readonly Transferable[] | undefined {
  if (!marks.used || typeof value !== "object" || value === null) return undefined
  const found = new Set<Transferable>()
  try {
    collect(value, found, new Set())
  } catch {
    return undefined // a getter that throws, or nested deeper than the stack: it cannot be cloned either, which is told then
  }
  return found.size === 0 ? undefined : [...found]
}

function collect(value: object, found: Set<Transferable>, seen: Set<object>): void {
  if (seen.has(value)) return
  seen.add(value)
  for (const item of marks.lists.get(value) ?? []) found.add(item)
  if (ArrayBuffer.isView(value)) return
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return
  for (const item of Object.values(value)) {
    if (typeof item === "object" && item !== null) collect(item, found, seen)
  }
}

const movable = ["ArrayBuffer", "MessagePort", "ReadableStream", "WritableStream", "TransformStream"]

function transferablesOf(value: object): readonly Transferable[] {
  if (ArrayBuffer.isView(value)) return value.buffer instanceof ArrayBuffer ? [value.buffer] : []
  return movable.includes(Object.prototype.toString.call(value).slice(8, -1)) ? [value as Transferable] : []
}
