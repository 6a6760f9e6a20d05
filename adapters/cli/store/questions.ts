/** What an operator may ask of a store, in the words of `supervisor.inspect`. */
export const questions = ["active", "scheduled", "reserved", "registered", "stats"] as const

export type Question = (typeof questions)[number]

export interface QuestionFlags {
  readonly store?: string
  readonly json?: boolean
}

export function isQuestion(word: string): word is Question {
  return (questions as readonly string[]).includes(word)
}
