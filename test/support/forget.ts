/** As if this program had never made a definition of that name. */
export function forget(name: string): void {
  const known = (globalThis as { [key: symbol]: Map<string, unknown> | undefined })[Symbol.for("tasktor.definitions")]
  known?.delete(name)
}
