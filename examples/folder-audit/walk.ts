import type { Dirent } from "node:fs"
import { lstat, readdir } from "node:fs/promises"
import { defineTask, type TaskContext } from "tasktor"
import { inFolder, systemPath, type FilePath } from "./file-path.ts"
import { isKernelFolder } from "./kernel-folder.ts"
import { reasonOf } from "./reason.ts"

export interface FileEntry {
  readonly path: FilePath
  readonly bytes: number
  /** Names the content of a file that has several names (hard links). */
  readonly inode?: string
}

export interface Unreadable {
  readonly path: FilePath
  readonly reason: string
}

/** What is in the folder. */
export interface Listing {
  readonly files: FileEntry[]
  readonly unreadable: Unreadable[]
  folders: number
  symbolicLinks: number
  /** FIFOs, sockets and devices: opening one may block or do something. */
  specialFiles: number
  /** Mounted below the folder, and not entered: /proc and the like, whose files are no files. */
  readonly kernelFolders: FilePath[]
}

interface Folder {
  readonly path: FilePath
  readonly device: number | undefined
}

type Cancellable = Pick<TaskContext, "throwIfCancelled">

/** So many folders, and in each of them so many files, are asked for at once. */
const foldersAtOnce = 16
const filesAtOnce = 64

/** Lists all files below a folder. Symbolic links are counted and not followed; what cannot be read is listed, and is not fatal. */
export const walk = defineTask({
  name: "walk",
  run: async (ctx, root: string): Promise<Listing> => {
    const listing: Listing = {
      files: [],
      unreadable: [],
      folders: 0,
      symbolicLinks: 0,
      specialFiles: 0,
      kernelFolders: [],
    }
    const waiting: Folder[] = [{ path: "", device: undefined }]
    while (waiting.length > 0) {
      // from the end: going deep first keeps the list short
      const now = waiting.splice(-foldersAtOnce)
      const found = await Promise.all(now.map((folder) => visit(ctx, root, folder, listing)))
      for (const folders of found) for (const folder of folders) waiting.push(folder)
      ctx.setMessage(`${listing.files.length.toLocaleString("en")} files`)
    }
    return listing
  },
})

/** Adds what is in one folder to the listing; returns the folders in it. */
async function visit(ctx: Cancellable, root: string, folder: Folder, listing: Listing): Promise<Folder[]> {
  ctx.throwIfCancelled()
  let device: number
  let entries: Dirent<Buffer>[]
  try {
    device = (await lstat(systemPath(root, folder.path))).dev
    if (device !== folder.device && (await isKernelFolder(systemPath(root, folder.path)))) {
      listing.kernelFolders.push(folder.path || ".")
      return []
    }
    entries = await readdir(systemPath(root, folder.path), { withFileTypes: true, encoding: "buffer" })
  } catch (error) {
    listing.unreadable.push({ path: folder.path || ".", reason: reasonOf(error) })
    return []
  }
  listing.folders++
  const folders: Folder[] = []
  const files: FilePath[] = []
  for (const entry of entries) {
    if (entry.isDirectory()) folders.push({ path: inFolder(folder.path, entry.name), device })
    else if (entry.isFile()) files.push(inFolder(folder.path, entry.name))
    else if (entry.isSymbolicLink()) listing.symbolicLinks++
    else listing.specialFiles++
  }
  for (let at = 0; at < files.length; at += filesAtOnce) {
    ctx.throwIfCancelled()
    await Promise.all(files.slice(at, at + filesAtOnce).map((path) => measureSize(root, path, listing)))
  }
  return folders
}

async function measureSize(root: string, path: FilePath, listing: Listing): Promise<void> {
  try {
    const stats = await lstat(systemPath(root, path), { bigint: true })
    if (!stats.isFile()) throw new Error("changed its kind meanwhile")
    const names = stats.nlink > 1n ? { inode: `${stats.dev}:${stats.ino}` } : {}
    listing.files.push({ path, bytes: Number(stats.size), ...names })
  } catch (error) {
    listing.unreadable.push({ path, reason: reasonOf(error) })
  }
}
