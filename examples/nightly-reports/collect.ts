import { defineTask, type TaskFailure } from "tasktor"
import { boundsOf, type Period } from "./period.ts"
import type { Sale } from "./sales.ts"
import { settings } from "./settings.ts"

/** What a branch has taken. What a task gives is kept in the store: sums, and not the sales of a day. */
export interface Takings {
  readonly branch: string
  readonly period: Period
  readonly to: number
  readonly sales: number
  readonly cents: number
  readonly byArticle: Readonly<Record<string, number>>
}

/** The source does not give what it was asked for. */
class SourceError extends Error {
  override readonly name = "SourceError"
  readonly status: number

  constructor(branch: string, status: number) {
    super(`the source answers ${status} for ${branch}`)
    this.status = status
  }
}

/**
 * Asks the source for the sales of a branch, and sums them up. The source is down now and then, so it is asked again: the wait doubles from attempt
 * to attempt, and is in truth anything between 0 and that (the default jitter), so that three branches which failed together do not come back
 * together.
 */
export const collect = defineTask({
  name: "collect",
  module: import.meta.url,
  timeout: { soft: settings.patienceMs },
  retry: { maxAttempts: 8, delay: settings.patienceMs / 4, maxDelay: "1 minute", when: isWorthAnother },
  run: async (ctx, branch: string, period: Period): Promise<Takings> => {
    const { from, to } = boundsOf(period, ctx.scheduledFor)
    ctx.setMessage(ctx.attempt === 1 ? `asks for ${branch}` : `asks for ${branch}, attempt ${ctx.attempt}`)
    // From the settings, and not an argument: a task that is kept must not know the port of a program that is gone.
    const url = `${settings.source}/sales/${branch}?from=${from}&to=${to}`
    const response = await fetch(url, { signal: ctx.signal })
    if (!response.ok || response.body === null) throw new SourceError(branch, response.status)
    ctx.setTotal(Number(response.headers.get("content-length")))
    let text = ""
    let received = 0
    const decoder = new TextDecoder()
    for await (const chunk of response.body) {
      text += decoder.decode(chunk, { stream: true })
      ctx.setProgress((received += chunk.length))
    }
    const sales = JSON.parse(text) as Sale[]
    const byArticle: Record<string, number> = {}
    for (const { article, cents } of sales) byArticle[article] = (byArticle[article] ?? 0) + cents
    const cents = sales.reduce((sum, sale) => sum + sale.cents, 0)
    return { branch, period, to, sales: sales.length, cents, byArticle }
  },
})

/** What the source does not know today, it does not know tomorrow. */
function isWorthAnother(failure: TaskFailure): boolean {
  const error = failure.type === "error" ? failure.error : undefined
  return !(error instanceof SourceError && error.status >= 400 && error.status < 500)
}
