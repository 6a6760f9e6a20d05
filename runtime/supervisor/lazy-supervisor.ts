import type { Supervisor } from "./supervisor.ts"

/** A supervisor that is made when it is first used: importing the package costs and starts nothing. */
export function lazySupervisor(make: () => Supervisor): Supervisor {
  let made: Supervisor | undefined
  return new Proxy({} as Supervisor, {
    get: (_target, name) => {
      made ??= make()
      const value: unknown = Reflect.get(made, name)
      return typeof value === "function" ? value.bind(made) : value
    },
    has: (_target, name) => {
      made ??= make()
      return name in made
    },
  })
}
