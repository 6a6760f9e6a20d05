import { Call } from "./call.ts"
import type { AnyTaskDefinition, StandardSchema } from "./definition.ts"

/** Argument lists for one body, one after another, in one task. The mark is a text, so that it is there in a worker as well. */
const mark = "~tasktor/batch"

type ArgumentLists = readonly (readonly unknown[])[]

/** The argument lists that such a task was given; undefined for any other. */
export function batchOf(args: readonly unknown[]): ArgumentLists | undefined {
  const [only] = args
  if (args.length !== 1 || typeof only !== "object" || only === null || !Object.hasOwn(only, mark)) return undefined
  return (only as { readonly [mark]: ArgumentLists })[mark]
}

/** Makes calls of a definition for many argument lists at once. Its schemas check each of them. */
export function batched(definition: AnyTaskDefinition): (lists: ArgumentLists) => Call {
  const { taskName, settings, module, input, output, body } = definition
  const many: AnyTaskDefinition = {
    taskName,
    settings,
    module,
    body,
    input: input === undefined ? undefined : checkEach(input, (args) => batchOf(args as unknown[]) ?? [], argsOf),
    output:
      output === undefined
        ? undefined
        : checkEach(
            output,
            (outputs) => outputs as unknown[],
            (outputs) => outputs,
          ),
  }
  return (lists) => new Call(many, argsOf(lists), settings)
}

function argsOf(lists: readonly unknown[]): readonly unknown[] {
  return [{ [mark]: lists }]
}

interface SchemaResult {
  readonly value?: unknown
  readonly issues?: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] | undefined
}

/** One schema for many values. */
function checkEach<Many>(
  schema: StandardSchema<unknown>,
  valuesOf: (value: unknown) => readonly unknown[],
  join: (values: readonly unknown[]) => Many,
): StandardSchema<Many> {
  const judge = (results: readonly unknown[]): SchemaResult => {
    const ends = results as readonly SchemaResult[]
    const issues = ends.flatMap((end, index) =>
      (end.issues ?? []).map(({ message, path = [] }) => ({ message, path: [index, ...path] })),
    )
    return issues.length > 0 ? { issues } : { value: join(ends.map(({ value }) => value)) }
  }
  const validate = (value: unknown): unknown => {
    const results = valuesOf(value).map((each) => schema["~standard"].validate(each))
    return results.some((result) => result instanceof Promise) ? Promise.all(results).then(judge) : judge(results)
  }
  return { "~standard": { version: 1, vendor: "tasktor", validate } }
}
