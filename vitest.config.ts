import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/**
 * Files that share processes, two for all: what they import is imported twice, and not a hundred times. The others have one each: browsers, React and
 * examples, and the executors' own, which take workers down in every way there is.
 */
const inOneProcess = [
  "test/machines/**/*.test.ts",
  "test/runtime/**/!(workers|killed).test.ts",
  "test/acceptance/**/*.test.ts",
  "test/adapters/{cli,stores,terminal}/**/*.test.ts",
  "test/{docs,package}/**/*.test.ts",
]

// What one process has compiled, the next one need not: most of the tests' time is the start of processes.
// Coverage would miss functions that come from there.
if (!process.argv.includes("--coverage")) process.env["NODE_COMPILE_CACHE"] ??= source("./node_modules/.cache/compiled")

export default defineConfig({
  resolve: {
    // By name the tests get the sources, for coverage and readable stacks; what workers import by name is dist/.
    alias: [
      { find: /^tasktor$/, replacement: source("./adapters/presets/node.ts") },
      { find: /^tasktor\/inspector$/, replacement: source("./adapters/inspector/index.ts") },
      { find: /^tasktor\/machines$/, replacement: source("./machines/index.ts") },
      { find: /^tasktor\/react$/, replacement: source("./adapters/react/index.ts") },
      { find: /^tasktor\/sqlite$/, replacement: source("./adapters/stores/sqlite/index.ts") },
      { find: /^tasktor\/testing$/, replacement: source("./runtime/testing/index.ts") },
    ],
  },
  test: {
    projects: [
      { extends: true, test: { name: "shared", include: inOneProcess, exclude: [], isolate: false } },
      {
        extends: true,
        test: {
          name: "alone",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: inOneProcess,
          // The titles of type tests, and their failures; errors elsewhere are `npm run types`' to report.
          typecheck: { enabled: true, include: ["test/types/**/*.test-d.{ts,tsx}"], ignoreSourceErrors: true },
        },
      },
    ],
    pool: "forks",
    maxWorkers: 2,
    // Nobody waits so long but for what hangs: machines are slower in some hours, and no test is about that.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: "v8",
      include: ["machines/**/*.ts", "runtime/**/*.ts", "adapters/**/*.{ts,tsx}"],
      // What runs in threads, processes and browsers alone: it is tested there, where nobody counts.
      exclude: [
        "adapters/cli/{inspect,interrupts,import-module,main,program,run-task}.ts",
        "adapters/executors/{node/import-module,process/{body,control}-thread,{process,thread}/entry}.ts",
        "adapters/executors/web-worker/**",
        "adapters/executors/worker/{body-channel,child-*,definition-loader,import-guard,load-*,outbox,set-up,worker-host}.ts",
        "adapters/inspector/page/**",
        "adapters/presets/{browser,worker}.ts",
        "adapters/terminal/screen.ts",
      ],
      thresholds: {
        "machines/**": { 100: true },
        "runtime/**": { statements: 95, lines: 95, functions: 95 },
        "adapters/**": { statements: 85, lines: 85, functions: 85 },
      },
    },
  },
})
