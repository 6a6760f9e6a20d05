import { chromium, type Browser } from "playwright-core"
import { findChromium } from "../../scripts/chromium.mjs"

/** For `describe.runIf(hasChromium)`. scripts/setup-test-machine.mjs says loudly when there is none. */
export const hasChromium: boolean = findChromium() !== undefined

/** A headless Chromium with a profile of its own that talks to nobody but the page's server. Close it when done. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error("Cannot launch Chromium: none is installed and CHROMIUM is not set")
  return chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox", // root may not have one
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  })
}
