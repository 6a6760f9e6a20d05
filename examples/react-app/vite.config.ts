import { defineConfig } from "vite"

// With these two a page may share memory with its workers: a cancel reaches them at once.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
}

export default defineConfig({
  server: { headers },
  preview: { headers },
  build: { rolldownOptions: { checks: { moduleLevelDirective: false } } }, // "use client" is for others
  worker: { format: "es" }, // Effect is loaded late by workers that may have chunks
})
