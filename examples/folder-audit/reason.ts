/** Why a file or a folder could not be read, for people. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : ""
  return (
    reasons[code] ??
    (error instanceof Error ? `${error.name}: ${error.message}`.replaceAll(/\s+/g, " ") : String(error))
  )
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EAGAIN: "nothing to read now",
  EIO: "the disk reports an error",
  EISDIR: "became a folder meanwhile",
  ELOOP: "became a symbolic link meanwhile",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "its path is too long",
  ENOENT: "vanished meanwhile",
  ENOTDIR: "its folder vanished meanwhile",
  ENXIO: "nobody is at its other end",
  EPERM: "operation not permitted",
  ESTALE: "vanished meanwhile",
}
