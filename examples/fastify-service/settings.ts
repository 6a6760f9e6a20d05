/** What the operator says, by the environment. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly drainSeconds: number
  /** So many packages at once. */
  readonly most: number
  /** Of one upload. */
  readonly mostBytes: number
}

/** @throws TypeError for what cannot be used, naming the variable and its value: a limit that is no number would limit nothing. */
export function settingsOf(env: Readonly<Record<string, string | undefined>>): Settings {
  const numberOf = (name: string, otherwise: number, least: number, most: number, isWhole = true): number => {
    const text = env[name]
    if (text === undefined) return otherwise
    const value = Number(text)
    if (text.trim() !== "" && value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value
    throw new TypeError(
      `Cannot use ${name}: it must be a ${isWhole ? "whole " : ""}number from ${least} to ${most}, current value is ${JSON.stringify(text)}`,
    )
  }
  return {
    host: env["HOST"] ?? "127.0.0.1",
    port: numberOf("PORT", 3000, 0, 65_535),
    drainSeconds: numberOf("DRAIN_SECONDS", 10, 0, 3600, false),
    most: numberOf("MOST", 16, 1, 10_000),
    mostBytes: numberOf("MOST_BYTES", 2 ** 25, 1, 2 ** 31),
  }
}
