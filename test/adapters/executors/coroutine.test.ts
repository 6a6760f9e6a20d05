import { coroutineExecutor } from "tasktor"
import { describe } from "vitest"
import { describeExecutor } from "../../conformance/executor.ts"

describe("the coroutine executor", () => {
  describeExecutor("coroutine", coroutineExecutor)
})
