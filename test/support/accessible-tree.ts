import type { Page } from "playwright-core"

/** What Chromium tells a screen reader of the list with that name: the list itself, and the bars and buttons in it, in their order. */
export async function accessibleTree(page: Page, list: string): Promise<readonly string[]> {
  const cdp = await page.context().newCDPSession(page)
  const { nodes } = await cdp.send("Accessibility.getFullAXTree")
  const byId = new Map(nodes.map((node) => [node.nodeId, node]))
  const top = nodes.find(({ role, name }) => role?.value === "list" && name?.value === list)
  const told: string[] = []
  const visit = (node: (typeof nodes)[number] | undefined): void => {
    if (node === undefined) return
    const role = String(node.role?.value)
    const property = (name: string): unknown => node.properties?.find((one) => one.name === name)?.value.value
    if (!node.ignored && ["list", "progressbar", "button"].includes(role)) {
      const value = String(node.value?.value ?? "")
      const range = `${value} of ${String(property("valuemin"))}..${String(property("valuemax"))}`
      told.push(`${role} "${String(node.name?.value)}"${role === "progressbar" ? ` ${range}` : ""}`)
    }
    for (const id of node.childIds ?? []) visit(byId.get(id))
  }
  visit(top)
  await cdp.detach()
  return told
}
