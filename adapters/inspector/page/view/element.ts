type Properties = Readonly<Record<string, string | number | boolean | undefined>>

/** An HTML element; `class` and `text` are what they say, all else are attributes. `true` is an attribute without a value, `false` none. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  setAll(made, properties)
  made.append(...children)
  return made
}

/** The same of SVG. */
export function svgElement<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag)
  setAll(made, properties)
  made.append(...children)
  return made
}

function setAll(made: Element, properties: Properties): void {
  for (const [name, value] of Object.entries(properties)) {
    if (name === "text") made.textContent = String(value)
    else set(made, name, value)
  }
}

/** Changes an attribute, if it is not so already. */
export function set(made: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === false) made.removeAttribute(name)
  else {
    const text = value === true ? "" : String(value)
    if (made.getAttribute(name) !== text) made.setAttribute(name, text)
  }
}

export function setText(made: Element, text: string): void {
  if (made.textContent !== text) made.textContent = text
}

/** One of the signs that the page's HTML defines. */
export function icon(name: string): SVGSVGElement {
  return svgElement("svg", { class: "icon", "aria-hidden": "true" }, svgElement("use", { href: `#icon-${name}` }))
}

/** What the page's HTML has under that id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`Cannot show the inspector: the page has no #${id}`)
  return found
}

export function button(id: string): HTMLButtonElement {
  return byId(id) as HTMLButtonElement
}

export function input(id: string): HTMLInputElement {
  return byId(id) as HTMLInputElement
}
