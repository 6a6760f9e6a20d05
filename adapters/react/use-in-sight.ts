import { type RefObject, useEffect, useRef, useState } from "react"

/** So near to the edge that a scroll may bring it in before anybody could see that it is late. */
const rootMargin = "50%"

const tell = new WeakMap<Element, (isInSight: boolean) => void>()
let observer: IntersectionObserver | undefined

/** Whether an element can be seen, or nearly; true until the browser says otherwise, and where it cannot say. */
export function useInSight<Own extends Element>(): readonly [RefObject<Own | null>, boolean] {
  const own = useRef<Own>(null)
  const [isInSight, setIsInSight] = useState(true)
  useEffect(() => {
    const element = own.current
    if (element === null || typeof IntersectionObserver === "undefined") return undefined
    observer ??= new IntersectionObserver(told, { rootMargin })
    const used = observer
    tell.set(element, setIsInSight)
    used.observe(element)
    return () => {
      used.unobserve(element)
      tell.delete(element)
    }
  }, [])
  return [own, isInSight]
}

function told(entries: readonly IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) tell.get(target)?.(isIntersecting)
}
