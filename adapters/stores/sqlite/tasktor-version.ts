import { createRequire } from "node:module"

/** The version of this package: it stands in each file that it writes. */
export function tasktorVersion(): string {
  const { version } = createRequire(import.meta.url)("tasktor/package.json") as { readonly version: string }
  return version
}
