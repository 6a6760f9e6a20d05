import { describe } from "vitest"
import { processExecutor } from "../../../adapters/executors/process/executor.ts"
import { describeExecutor } from "../../conformance/executor.ts"

describe("the process executor", () => {
  describeExecutor("process", processExecutor)
})
