import { statfs } from "node:fs/promises"

// From linux/magic.h. The files in these are windows into the kernel: endless, blocking, or with effects of their own.
const kernelFileSystems = new Set([
  0x9fa0, // proc
  0x62656572, // sysfs
  0x64626720, // debugfs
  0x74726163, // tracefs
  0x73636673, // securityfs
  0x27e0eb, // cgroup
  0x63677270, // cgroup2
  0x6165676c, // pstore
  0xcafe4a11, // bpf
  0x1cd1, // devpts
])

/** Whether this folder belongs to /proc, /sys or one of their kind. Other systems than Linux have none. */
export async function isKernelFolder(path: string | Buffer): Promise<boolean> {
  if (process.platform !== "linux") return false
  return kernelFileSystems.has((await statfs(path)).type)
}
