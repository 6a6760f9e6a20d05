let isDiverted = false

/**
 * From here on, what modules and bodies print on stdout goes to stderr: stdout has the answer alone, for whoever reads it. On a terminal the
 * two are one, and stay as they are.
 */
export function divertPrints(): void {
  if (process.stdout.isTTY || isDiverted) return
  isDiverted = true
  // Not bound: a live view looks after stderr, later.
  const toStderr = (...args: Parameters<typeof process.stderr.write>): boolean => process.stderr.write(...args)
  process.stdout.write = toStderr as typeof process.stdout.write
  process.stdout.end = toStderrAtLast
  // Whoever was told to wait waits for this one.
  process.stderr.on("drain", () => process.stdout.emit("drain"))
}

/** Whoever ends stdout, as a pipeline does, has said all that it has to say; the answer is still to come. */
function toStderrAtLast(...args: unknown[]): typeof process.stdout {
  const callback = args.find((arg) => typeof arg === "function") as (() => void) | undefined
  const [chunk, encoding] = args.filter((arg) => typeof arg !== "function") as [string | undefined, BufferEncoding?]
  process.stderr.write(chunk ?? "", encoding, () => {
    callback?.()
    process.stdout.emit("finish")
    process.stdout.emit("close")
  })
  return process.stdout
}
