/**
 * Makes sure that everything the tests need is on this machine: a Chromium. Where it is missing on Debian and we are root,
 * it is installed. Plain JavaScript, so that any Node can run it; quick where nothing is missing.
 */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { findChromium } from "./chromium.mjs"

if (findChromium() === undefined) {
  if (canInstall()) install()
  if (findChromium() === undefined) goWithout()
}

function canInstall() {
  return existsSync("/usr/bin/apt-get") && process.getuid?.() === 0
}

function install() {
  console.error("Installing Chromium for the browser tests …")
  apt("update", "-q")
  apt("install", "-q", "-y", "--no-install-recommends", "chromium")
}

/** @param {string[]} args */
function apt(...args) {
  // its output goes to stderr, so that stdout stays the tests'
  spawnSync("apt-get", args, {
    stdio: ["ignore", process.stderr, process.stderr],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  })
}

/** Developers may go on without a browser; a CI that skips tests in silence would be worth nothing. */
function goWithout() {
  console.error(
    [
      "",
      "!! No Chromium on this machine: the tests that need a browser will NOT run (web-worker executor, browser preset).",
      "!! Install it (Debian: apt-get install chromium) or set CHROMIUM to the path of an executable.",
      "",
    ].join("\n"),
  )
  if (process.env["CI"] === "true") process.exitCode = 1
}
