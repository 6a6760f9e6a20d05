import { describe } from "vitest"
import { processExecutor } from "../../../adapters/executors/process/executor.ts"
import { describeExecutor } from "../../conformance/executor.ts"
import { describeWorkerExecutor } from "../../conformance/worker-executor.ts"

describe("the process executor", () => {
  describeExecutor("process", processExecutor)
  describeWorkerExecutor("process", processExecutor)
})
