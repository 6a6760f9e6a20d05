export interface PackageFacts {
  readonly kind: "package"
  /** An SPDX expression as a rule; undefined where the file names none. */
  readonly license: string | undefined
}

/** @throws Error that says why this is no package.json. */
export function packageFacts(value: unknown): PackageFacts {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("it is not an object")
  const { license, licenses } = value as { readonly license?: unknown; readonly licenses?: unknown }
  return { kind: "package", license: licenseOf(license) ?? listOf(licenses) }
}

/** Today's text, or the object that it was before npm 2. */
function licenseOf(value: unknown): string | undefined {
  if (typeof value === "string") return value.trim().slice(0, 100) || undefined
  return typeof value === "object" && value !== null && "type" in value ? licenseOf(value.type) : undefined
}

function listOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined
  const names = value.map(licenseOf).filter((name) => name !== undefined)
  return names.length === 0 ? undefined : names.join(" OR ")
}
