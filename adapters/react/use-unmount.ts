import { useEffect, useRef } from "react"
import { useLatest } from "./use-latest.ts"

/** Calls back when the component goes. StrictMode's rehearsal, in which it comes back at once, is none. */
export function useUnmount(callback: () => void): void {
  const latest = useLatest(callback)
  const mounts = useRef(0)
  useEffect(() => {
    const mount = ++mounts.current
    return () => {
      queueMicrotask(() => {
        // oxlint-disable-next-line react-hooks/exhaustive-deps -- what has become of it meanwhile is the question
        if (mounts.current === mount) latest.current()
      })
    }
  }, [latest])
}
