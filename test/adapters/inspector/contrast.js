/**
 * Runs in a page: the texts whose colour is too near to what is behind them, by the formula of WCAG 2.2 (4.5 to 1).
 * Source: https://www.w3.org/TR/WCAG22/#contrast-minimum
 */
;(() => {
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = 1
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }))

  /** @param {string[]} layers from the lowest to the uppermost */
  const mixed = (layers) => {
    context.clearRect(0, 0, 1, 1)
    for (const layer of layers) {
      context.fillStyle = layer
      context.fillRect(0, 0, 1, 1)
    }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3)
  }
  /** @param {number[]} rgb */
  const luminance = (rgb) => {
    const [r = 0, g = 0, b = 0] = rgb.map((part) => {
      const share = part / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  /** @param {Element} one */
  const behind = (one) => {
    const layers = []
    for (let above = /** @type {Element | null} */ (one); above !== null; above = above.parentElement) {
      layers.unshift(getComputedStyle(above).backgroundColor)
    }
    return layers
  }

  const bad = []
  for (const one of document.querySelectorAll("body *:not(svg *)")) {
    const hasText = [...one.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? "").trim() !== "")
    if (!hasText || !one.checkVisibility()) continue
    const layers = behind(one)
    const [dark = 0, light = 0] = [
      luminance(mixed(layers)),
      luminance(mixed([...layers, getComputedStyle(one).color])),
    ].toSorted((a, b) => a - b)
    const ratio = (light + 0.05) / (dark + 0.05)
    if (ratio < 4.5)
      bad.push(`${one.className || one.tagName} "${(one.textContent ?? "").slice(0, 30)}" ${ratio.toFixed(2)}`)
  }
  return bad
})()
