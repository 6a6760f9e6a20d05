type Module = Readonly<Record<string, unknown>>

/** Imports a user's module by its URL, as it is: no bundler is to follow it. */
export async function importModule(module: string): Promise<Module> {
  try {
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ module)) as Module
  } catch (error) {
    if (!(error instanceof ReferenceError) || !/\b(?:document|window)\b/.test(error.message)) throw error
    throw new ReferenceError(
      `${error.message}: it is the page's own code, perhaps because a bundler has put it together with the task's; give the workers a bundle of the tasks alone, as in webWorkerExecutor({ setup: new URL(tasksBundle, import.meta.url) })`,
      { cause: error },
    )
  }
}
