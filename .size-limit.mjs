const esm = (config) => ({ ...config, format: "esm" }) // import.meta finds the worker entry

/** What a browser downloads, minified and compressed, with all dependencies. Generous until the first release. */
export default [
  { name: "browser preset", path: "dist/adapters/presets/browser.js", limit: "90 kB", modifyEsbuildConfig: esm },
  {
    name: "react, beside what the app has anyway",
    path: "dist/adapters/react/index.js",
    limit: "5 kB",
    ignore: ["react", "react-dom", "@xstate/react", "xstate"],
    modifyEsbuildConfig: esm,
  },
  {
    name: "inspector page",
    path: "dist/adapters/inspector/page.html",
    limit: "70 kB",
    gzip: true,
    disablePlugins: ["@size-limit/esbuild"],
  },
  { name: "machines", path: "dist/machines/index.js", limit: "30 kB", modifyEsbuildConfig: esm },
]
