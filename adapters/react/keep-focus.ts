/**
 * A ref for what may go while it has the focus: the list around it gets the focus then, where a keyboard would begin at the top of the page
 * otherwise.
 */
export function keepFocus(own: HTMLElement | null): () => void {
  return () => {
    if (own?.contains(document.activeElement) === true) own.closest<HTMLElement>('[data-part="tasks"]')?.focus()
  }
}
