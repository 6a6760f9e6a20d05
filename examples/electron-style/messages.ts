/** What the main process tells a page. */
export type Message =
  | { readonly channel: "progress"; readonly progress: number; readonly message: string | undefined }
  | { readonly channel: "done"; readonly text: string }
