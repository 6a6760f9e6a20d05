import { transitionTable } from "tasktor/machines"
import { expect, it } from "vitest"
import { createMachine } from "xstate"

it("a table has what each state does about each event, with what it inherits", () => {
  const machine = createMachine({
    initial: "off",
    on: { kick: ".off", look: { actions: "look" } },
    states: {
      off: {
        on: {
          press: [
            { guard: "hasPower", target: "on" },
            { guard: "hasBattery", target: "on.dim" },
          ],
        },
      },
      on: {
        initial: "bright",
        on: { press: "off", kick: { guard: "isSteady", actions: "shake" } },
        states: {
          bright: { after: { 500: "dim" }, on: { press: { guard: "isLong", target: "dim" } } },
          dim: { always: { guard: "isEmpty", target: "#(machine).off" } },
          last: { type: "history" },
        },
      },
    },
  })
  const { events, rows } = transitionTable(machine)
  expect(events).toEqual(["kick", "look", "press", "after 500 ms", "always"])
  expect(rows).toEqual([
    { state: "off", cells: ["off", "stays", "on if hasPower, else on.dim if hasBattery", "", ""] },
    {
      state: "on.bright",
      cells: ["stays if isSteady, else off", "stays", "on.dim if isLong, else off", "on.dim", ""],
    },
    { state: "on.dim", cells: ["stays if isSteady, else off", "stays", "off", "", "off if isEmpty"] },
  ])
})
