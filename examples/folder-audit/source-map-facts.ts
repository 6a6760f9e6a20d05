export interface SourceMapFacts {
  readonly kind: "source-map"
  /** How many source files it names, those of its sections included. */
  readonly sources: number
}

/**
 * Checks what a debugger relies on. Source: ECMA-426, https://tc39.es/ecma426/
 *
 * @throws Error that says why this is no source map.
 */
export function sourceMapFacts(value: unknown): SourceMapFacts {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("it is not an object")
  const { version, sources, mappings, sections } = value as Readonly<Record<string, unknown>>
  if (version !== 3) throw new Error(`its version is not 3 but ${JSON.stringify(version)?.slice(0, 20) ?? "missing"}`)
  if (Array.isArray(sections)) {
    const maps = sections.map((section: unknown) => sourceMapFacts((section as { readonly map?: unknown } | null)?.map))
    return { kind: "source-map", sources: maps.reduce((sum, map) => sum + map.sources, 0) }
  }
  if (!Array.isArray(sources)) throw new Error('it has no list "sources"')
  if (typeof mappings !== "string") throw new Error('it has no text "mappings"')
  return { kind: "source-map", sources: sources.length }
}
