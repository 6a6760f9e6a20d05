import { createHash } from "node:crypto"
import { globSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "vite"

const source = "adapters/inspector/page"

/** Nothing is loaded from anywhere, and nothing but this script and this style runs or shows. */
const policy = (script: string, style: string): string =>
  [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src data:",
    // Its own server; `'self'` does not mean WebSockets everywhere.
    "connect-src 'self' ws://127.0.0.1:* ws://localhost:*",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ")

/** Bundles the inspector's page into one HTML file, which needs nothing else: not even a server, for a recording. */
export async function buildInspectorPage(outDir: string): Promise<void> {
  const script = await bundle()
  const style = globSync(`${source}/style/*.css`)
    .toSorted((a, b) => Number(b.endsWith("base.css")) - Number(a.endsWith("base.css")) || a.localeCompare(b))
    .map((path) => readFileSync(path, "utf8"))
    .join("")
  const html = readFileSync(join(source, "index.html"), "utf8")
    .replace(
      "<!-- policy -->",
      () => `<meta http-equiv="Content-Security-Policy" content="${policy(script, style)}" />`,
    )
    .replace("<!-- style -->", () => `<style>${style}</style>`)
    .replace("<!-- script -->", () => `<script type="module">${script}</script>`)
  writeFileSync(join(outDir, "adapters/inspector/page.html"), html)
}

async function bundle(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      minify: true,
      lib: { entry: join(source, "main.ts"), formats: ["es"], fileName: "page" },
      rolldownOptions: { output: { codeSplitting: false } },
    },
    define: { "process.env.NODE_ENV": '"production"' },
  })
  const [first] = Array.isArray(result) ? result : [result]
  const [chunk] = first !== undefined && "output" in first ? first.output : []
  if (chunk?.type !== "chunk") throw new Error("Cannot build the inspector's page: there is no script")
  // What would end the element in which it stands.
  return chunk.code.replaceAll("</script", "<\\/script")
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`
}
