/** The owner of a store looks for requests five times a second, and takes all that it finds. */
const portion = 100

/** Asks for each of them, for many at once; the answers are in the order of the values. */
export async function inPortions<Value, Answer>(
  values: readonly Value[],
  ask: (value: Value) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (let from = 0; from < values.length; from += portion) {
    answers.push(...(await Promise.all(values.slice(from, from + portion).map(ask))))
  }
  return answers
}
