import { join } from "node:path"
import { settings } from "./settings.ts"

/** Where reports are published. */
export const reportsFolder: string = join(settings.folder, "reports")

/** The file of a report, by its name. */
export function reportPath(name: string): string {
  return join(reportsFolder, `${name}.md`)
}
