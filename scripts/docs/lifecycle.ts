import { readFileSync, writeFileSync } from "node:fs"
import type { AnyStateMachine } from "xstate"
import { toMermaid } from "../../machines/diagram/mermaid.ts"
import { transitionTable } from "../../machines/diagram/table.ts"
import { journalMachine } from "../../machines/journal/machine.ts"
import { liveGraphMachine } from "../../machines/live-graph/machine.ts"
import { liveStepMachine } from "../../machines/live-graph/step.ts"
import { scheduleMachine } from "../../machines/schedule/machine.ts"
import { supervisorMachine } from "../../machines/supervisor/machine.ts"
import { taskMachine } from "../../machines/task/machine.ts"
import { workerMachine } from "../../machines/worker/machine.ts"

const path = "docs/lifecycle.md"
const command = "npm run lifecycle"

const chapters: readonly { readonly title: string; readonly about: string; readonly machine: AnyStateMachine }[] = [
  {
    title: "Task",
    about:
      "One for each task: `handle.actor`. `status` is the outer state, `phase` the inner one. An ending is final: no event changes it. What each\nending means is in [Endings](errors.md).",
    machine: taskMachine,
  },
  {
    title: "Supervisor",
    about:
      "`supervisor.actor`. `shutdown({ drain })` drains first: nothing new is admitted, and what runs may end. Then it stops:\nwhat is left is cancelled.",
    machine: supervisorMachine,
  },
  {
    title: "Worker",
    about:
      "One for each thread, child process or browser worker of a pool. One that is `lending` has a body which waits for a\nchild task: its slot is another's meanwhile.",
    machine: workerMachine,
  },
  {
    title: "Schedule",
    about:
      "One for each name in `supervisor.schedules` ([schedules](schedules.md)): `state` in its list. One that has ended can be added again.",
    machine: scheduleMachine,
  },
  {
    title: "Journal",
    about:
      "One for each supervisor with a store ([durability](durability.md)): `inspect.stats().store.state`. While it is `failing`, no task is accepted and no\noutcome is told.",
    machine: journalMachine,
  },
  {
    title: "Live graph",
    about:
      "`live.actor`, of what `keepFresh` makes ([pipelines](pipelines.md#kept-fresh)). Two regions: whether steps may\nbegin, and what there is of them. What runs goes on while the gate is shut.",
    machine: liveGraphMachine,
  },
  {
    title: "Step of a live graph",
    about:
      "`live.snapshot.steps[name].state`. A step that is invalidated while its task lives is dirty at once; what the task still gives is dropped.",
    machine: liveStepMachine,
  },
]

/** docs/lifecycle.md as the machines say it. */
export function lifecyclePage(): string {
  const head = `# Lifecycles

<!-- Written by \`${command}\` from the machines in machines/; a test fails when the two differ. -->

What has a life has a statechart. These are the ones that run, each as a diagram and as a table: for each state, where each event leads. An
event without an entry is ignored there. \`tasktor graph\` prints the diagrams, of your own machines too ([command line](cli.md#diagrams)); the
machines themselves are exported by \`tasktor/machines\`.
`
  return [head, ...chapters.map(({ title, about, machine }) => `## ${title}\n\n${about}\n\n${chapter(machine)}`)].join(
    "\n",
  )
}

/** What is wrong with the page in the tree: nothing, or that it is stale. */
export function staleLifecycle(): string[] {
  return readFileSync(path, "utf8") === lifecyclePage() ? [] : [`${path}: the machines have changed; run ${command}`]
}

export function writeLifecycle(): void {
  writeFileSync(path, lifecyclePage())
}

function chapter(machine: AnyStateMachine): string {
  const { events, rows } = transitionTable(machine)
  const table = [
    row(["", ...events.map(code)]),
    row(["---", ...events.map(() => "---")]),
    ...rows.map(({ state, cells }) => row([code(state), ...cells])),
  ]
  return `\`\`\`mermaid\n${toMermaid(machine)}\`\`\`\n\n${table.join("\n")}\n`
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`
}

function code(name: string): string {
  return `\`${name}\``
}
