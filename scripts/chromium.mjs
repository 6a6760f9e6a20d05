import { existsSync } from "node:fs"

/** Where a Chromium may stand; the first that exists is taken. `CHROMIUM` comes before the usual places. */
const places = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
]

/** The executable of the Chromium that browser tests use, or undefined where there is none. */
export function findChromium() {
  return places.find((path) => path !== undefined && existsSync(path))
}
