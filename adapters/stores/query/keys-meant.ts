/** The texts of the keys that a query means: who types 7 does not know whether it was the number or the text. */
export function keysMeant(key: string): readonly string[] {
  return /^[-\d]/.test(key) ? [key, JSON.stringify(key)] : [key]
}
