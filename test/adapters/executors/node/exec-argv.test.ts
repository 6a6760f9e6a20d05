import { describe, expect, it } from "vitest"
import { workerExecArgv } from "../../../../adapters/executors/node/exec-argv.ts"

describe("the Node options of workers", () => {
  it.each([
    { given: ["--import", "./hooks.mjs"], kept: ["--import", "./hooks.mjs"] },
    { given: ["--import=./hooks.mjs"], kept: ["--import=./hooks.mjs"] },
    { given: ["--conditions=development", "-C", "node"], kept: ["--conditions=development", "-C", "node"] },
    { given: ["--enable-source-maps", "--require", "./a.cjs"], kept: ["--enable-source-maps", "--require", "./a.cjs"] },
    { given: ["--max-old-space-size=50", "--inspect", "--cpu-prof", "--test", "--title=x"], kept: [] },
    { given: ["--import"], kept: ["--import"] },
  ])("of $given are $kept", ({ given, kept }) => {
    expect(workerExecArgv(given)).toEqual({ execArgv: kept, tsx: false })
  })

  it.each([
    { given: ["--import", "tsx"] },
    { given: ["--import=tsx/esm", "--enable-source-maps"] },
    {
      given: [
        "--require",
        "/app/node_modules/tsx/dist/preflight.cjs",
        "--import",
        "file:///app/node_modules/tsx/dist/loader.mjs",
      ],
    },
  ])("tell of tsx apart: $given", ({ given }) => {
    const { execArgv, tsx } = workerExecArgv(given)
    expect(tsx).toBe(true)
    expect(execArgv.join(" ")).not.toContain("tsx")
  })
})
