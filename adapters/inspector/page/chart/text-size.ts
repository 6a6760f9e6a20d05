/** How wide a text is, in pixels, as CSS would draw it. */
export function textWidth(text: string, font: string): number {
  const key = `${font}\n${text}`
  let width = widths.get(key)
  if (width === undefined) {
    context ??= document.createElement("canvas").getContext("2d")
    if (context === null) return text.length * 7.5
    context.font = font
    width = context.measureText(text).width
    if (widths.size > 5000) widths.clear()
    widths.set(key, width)
  }
  return width
}

const widths = new Map<string, number>()
let context: CanvasRenderingContext2D | null | undefined

const family = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif'
export const nameFont = `600 13px ${family}`
export const noteFont = `400 11px ${family}`
export const labelFont = `400 11.5px ${family}`
