/** What opening a file costs, in bytes read: measured, roughly. It makes progress even over many small files. */
export const costOfFile = 8192

export interface Batch<File> {
  readonly files: readonly File[]
  /** Bytes, and `costOfFile` for each file. */
  readonly cost: number
}

/**
 * Batches that cost about the same. Large files go first and alone: the last worker to finish should not have begun with a huge one
 * when the others were done. The rest stays in order, so that the disk reads neighbours together.
 */
export function batchesOf<File extends { readonly bytes: number }>(
  files: readonly File[],
  cost: number,
): Batch<File>[] {
  const isLarge = (file: File): boolean => file.bytes >= cost
  const large = files.filter(isLarge).toSorted((a, b) => b.bytes - a.bytes)
  const batches: Batch<File>[] = large.map((file) => ({ files: [file], cost: file.bytes + costOfFile }))
  let open: File[] = []
  let costOfOpen = 0
  for (const file of files) {
    if (isLarge(file)) continue
    open.push(file)
    costOfOpen += file.bytes + costOfFile
    if (costOfOpen < cost) continue
    batches.push({ files: open, cost: costOfOpen })
    open = []
    costOfOpen = 0
  }
  if (open.length > 0) batches.push({ files: open, cost: costOfOpen })
  return batches
}
