import { createSupervisor, webWorkerExecutor } from "tasktor"
// oxlint-disable-next-line import/default -- Vite makes it
import workersBundle from "./hash-file.ts?worker&url"

/** One for the page, made outside of React: what it runs does not depend on what is rendered. */
export const supervisor = createSupervisor({
  executors: [webWorkerExecutor({ setup: new URL(workersBundle, import.meta.url) })],
})
