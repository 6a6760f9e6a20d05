/** An instant by the clocks of this machine: `2026-12-01 02:00:00`. */
export function timeText(instant: number): string {
  const date = new Date(instant)
  return `${date.getFullYear()}-${digits(date.getMonth() + 1)}-${digits(date.getDate())} ${clockText(instant)}`
}

/** `02:00:00` */
export function clockText(instant: number): string {
  const date = new Date(instant)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => digits(part)).join(":")
}

/** `2026-12-01 02:00:00.125` */
export function preciseTimeText(instant: number): string {
  return `${timeText(instant)}.${digits(new Date(instant).getMilliseconds(), 3)}`
}

function digits(value: number, length = 2): string {
  return String(value).padStart(length, "0")
}
