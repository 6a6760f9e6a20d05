/**
 * An error as plain data, for every boundary: structured clone loses the class and the own properties, JSON loses the message
 * and the stack.
 */
export interface EncodedError {
  /** The error's own class first, then its ancestors; `Error` itself is the last. */
  readonly classes: readonly string[]
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** Own properties, `name` among them where the error has one of its own; made by `toPlain`. */
  readonly own: Readonly<Record<string, unknown>>
  /** Present where the error has a cause, even if that is undefined. Made by `toPlain`. */
  readonly cause?: { readonly value: unknown }
  /** Of an AggregateError. Made by `toPlain`. */
  readonly errors?: readonly unknown[]
}

/** The one key of the object that stands for an error inside other data. */
export const errorMark = "~tasktor/error"
