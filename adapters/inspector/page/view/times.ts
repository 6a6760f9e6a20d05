/** `12:03:04.123` */
export function clockTime(at: number): string {
  if (!Number.isFinite(at)) return ""
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, "0")
  const ms = String(date.getMilliseconds()).padStart(3, "0")
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`
}

/** `340 ms`, `12.3 s`, `4:05`, `1:02:03` */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return ""
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.floor(ms / 1000)
  const two = (value: number): string => String(value % 60).padStart(2, "0")
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes}:${two(seconds)}` : `${Math.floor(minutes / 60)}:${two(minutes)}:${two(seconds)}`
}

export function number(value: number): string {
  return value.toLocaleString("en")
}
