import { useEffect, useRef, useState } from "react"

/** A value that changes at most once in so many milliseconds; the last one always comes. */
export function useCalm<Value>(value: Value, ms: number): Value {
  const [shown, setShown] = useState(value)
  const changedAt = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    if (Object.is(value, shown)) return undefined
    const show = (): void => {
      changedAt.current = performance.now()
      setShown(value)
    }
    const timer = setTimeout(show, Math.max(0, changedAt.current + ms - performance.now()))
    return () => clearTimeout(timer)
  }, [value, shown, ms])
  return shown
}
