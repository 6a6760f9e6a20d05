/** A file of the chosen folder. */
export interface FolderFile {
  readonly path: string
  readonly file: File
}

/** Gives the files of a folder as they are found. */
export type Folder = () => AsyncIterable<FolderFile>

declare global {
  interface Window {
    /** Not in every browser, and not in TypeScript's. */
    showDirectoryPicker?: (options?: { readonly mode?: "read" }) => Promise<FileSystemDirectoryHandle>
  }
}

/** What an `<input type="file" webkitdirectory>` was given. */
export function folderOfInput(files: FileList): Folder {
  const all = [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }))
  return async function* () {
    yield* all
  }
}

/** A folder chosen with the File System API. */
export function folderOfHandle(root: FileSystemDirectoryHandle): Folder {
  async function* walk(folder: FileSystemDirectoryHandle, above: string): AsyncGenerator<FolderFile> {
    for await (const [name, handle] of folder.entries()) {
      const path = above === "" ? name : `${above}/${name}`
      if (handle instanceof FileSystemDirectoryHandle) yield* walk(handle, path)
      else if (handle instanceof FileSystemFileHandle) yield { path, file: await handle.getFile() }
    }
  }
  return () => walk(root, root.name)
}

/** Folders and files that were dropped. To be called within the event: its items are empty afterwards. */
export function folderOfDrop({ items }: DataTransfer): Folder {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  async function* walk(entry: FileSystemEntry): AsyncGenerator<FolderFile> {
    if (isFile(entry)) {
      const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
      yield { path: entry.fullPath.replace(/^\//, ""), file }
    } else if (isFolder(entry)) {
      const reader = entry.createReader()
      const some = (): Promise<FileSystemEntry[]> =>
        new Promise((resolve, reject) => reader.readEntries(resolve, reject))
      // It gives a hundred at a time, and none at the end.
      for (let inside = await some(); inside.length > 0; inside = await some()) {
        for (const one of inside) yield* walk(one)
      }
    }
  }
  return async function* () {
    for (const entry of entries) yield* walk(entry)
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}
