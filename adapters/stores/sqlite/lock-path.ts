/** The file by whose lock the owner of a store is known. */
export function lockPath(path: string): string {
  return `${path}-owner`
}
