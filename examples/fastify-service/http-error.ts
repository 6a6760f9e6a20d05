/** An answer that is not 2xx. Fastify makes `{ statusCode, error, message }` of it. */
export class HttpError extends Error {
  override readonly name = "HttpError"
  readonly statusCode: number

  constructor(statusCode: number, message: string) {
    super(message)
    this.statusCode = statusCode
  }
}
