import { threadExecutor } from "tasktor"
import { describe } from "vitest"
import { describeExecutor } from "../../conformance/executor.ts"
import { describeWorkerExecutor } from "../../conformance/worker-executor.ts"

describe("the thread executor", () => {
  describeExecutor("thread", threadExecutor)
  describeWorkerExecutor("thread", threadExecutor)
})
