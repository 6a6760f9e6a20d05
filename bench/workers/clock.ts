/** Milliseconds of a clock that all threads and processes of the machine share, unlike `performance.now()`. */
export function machineNow(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
