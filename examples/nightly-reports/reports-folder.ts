import { join } from "node:path"
import { settings } from "./settings.ts"

/** Where reports are published. */
export const reportsFolder: string = join(settings.folder, "reports")
