/**
 * A ref for what may go while it has the focus. The list around it gets the focus then, or the next one around that which stays: a keyboard
 * would begin at the top of the page otherwise.
 */
export function keepFocus(own: HTMLElement | null): () => void {
  return () => {
    if (own?.contains(document.activeElement) !== true) return
    const around = listsAround(own)
    // when all that goes has gone
    queueMicrotask(() => around.find(({ isConnected }) => isConnected)?.focus())
  }
}

function listsAround(own: HTMLElement): readonly HTMLElement[] {
  const nearest = own.parentElement?.closest<HTMLElement>('[data-part="tasks"], [data-part="task-list"]')
  return nearest === null || nearest === undefined ? [] : [nearest, ...listsAround(nearest)]
}
