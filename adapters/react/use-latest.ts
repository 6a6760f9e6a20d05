import { type RefObject, useInsertionEffect, useRef } from "react"

/** What was rendered last, for callbacks that are called later. */
export function useLatest<Value>(value: Value): RefObject<Value> {
  const latest = useRef(value)
  useInsertionEffect(() => {
    latest.current = value
  })
  return latest
}
