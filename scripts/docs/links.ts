import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** The links of a Markdown page that lead to no file, or to no heading of it. Addresses on the web are not asked. */
export function brokenLinks(page: string): string[] {
  const links = withoutCode(readFileSync(page, "utf8")).matchAll(/\]\(([^)\s]+)\)/g)
  return [...links].flatMap(([, target = ""]) => {
    if (/^[a-z]+:/.test(target)) return []
    const [path = "", heading] = target.split("#")
    const file = path === "" ? page : join(dirname(page), path)
    if (!existsSync(file)) return [`${page}: no such file: ${target}`]
    if (heading !== undefined && !headingsOf(file).includes(heading)) return [`${page}: no such heading: ${target}`]
    return []
  })
}

/** As GitHub names them in addresses. */
function headingsOf(page: string): string[] {
  const headings = withoutFences(readFileSync(page, "utf8")).matchAll(/^#+ +(.+)$/gm)
  return [...headings].map(([, text = ""]) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  )
}

function withoutFences(markdown: string): string {
  return markdown.replaceAll(/^\s*```[^]*?^\s*```/gm, "")
}

function withoutCode(markdown: string): string {
  return withoutFences(markdown).replaceAll(/`[^`\n]*`/g, "")
}
