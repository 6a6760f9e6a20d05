import { threadExecutor } from "tasktor"
import { describe } from "vitest"
import { describeExecutor } from "../../conformance/executor.ts"

describe("the thread executor", () => {
  describeExecutor("thread", threadExecutor)
})
