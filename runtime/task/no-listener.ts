/** What the handling of an event comes to where its listener is gone by then: nobody has handled it, and nothing is wrong. */
export class NoListener extends Error {
  override readonly name = "NoListener"

  constructor() {
    super("The listener is gone")
  }
}
