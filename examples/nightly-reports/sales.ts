/** One sale: an article and its price. */
export interface Sale {
  readonly article: string
  readonly cents: number
}

const articles = ["bread", "butter", "cheese", "honey", "milk", "salt", "tea"]

/** What a branch has sold from an instant on until before another: invented, and always the same for the same time. */
export function salesOf(branch: string, from: number, to: number): Sale[] {
  const sales: Sale[] = []
  for (let second = Math.ceil(from / 1000); second < to / 1000; second++) {
    const number = hash(`${branch} ${second}`)
    const article = articles[number % articles.length]
    if (article !== undefined) sales.push({ article, cents: 50 + (number % 2000) })
  }
  return sales
}

/** Source: G. Fowler, L. Noll, K.-P. Vo, FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193)
  return state >>> 0
}
