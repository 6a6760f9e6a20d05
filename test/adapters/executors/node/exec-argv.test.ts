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
    { given: ["--conditions=tasktor-worker"], kept: [] },
  ])("of $given are $kept, and that of the light preset", ({ given, kept }) => {
    expect(workerExecArgv(given)).toEqual({ execArgv: ["--conditions=tasktor-worker", ...kept], tsx: false })
  })

  it("are what the user wants, and that of the light preset", () => {
    const { execArgv } = workerExecArgv(["--import", "./hooks.mjs"], ["--expose-gc"])
    expect(execArgv).toEqual(["--conditions=tasktor-worker", "--expose-gc"])
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
