import { describe, expect, test } from "vitest"
import { cli, startCli } from "./cli.ts"

describe("tasktor run", () => {
  test.each([
    ["arguments are JSON where they are JSON", ["add", "2", "3"], "5\n"],
    ["a negative number is no option", ["add", "-2", "3"], "1\n"],
    ["other arguments are text", ["greet", "you"], "hello you\n"],
    ["a task goes by its task name as well", ["greet someone", "you"], "hello you\n"],
    ["--args is the whole list", ["add", "--args", "[4, 5]"], "9\n"],
    ["a call runs as it is", ["sum"], "5\n"],
    ["a map is shown as Node shows it", ["report", "map"], "Map(1) { 'a' => 1 }\n"],
    ["bytes come out as they are", ["report", "bytes"], "hi"],
    ["plain data comes out as JSON", ["report", "x"], '{\n  "greeting": "hello child",\n  "kind": "x"\n}\n'],
    ["a key is text", ["key", "--key", "7"], "7\n"],
    ["or a JSON array", ["key", "--key", '["m", 7]'], '[\n  "m",\n  7\n]\n'],
    ["options may come first", ["-c", "thread=1", "-c", "coroutine=2", "add", "1", "2"], "3\n"],
    ["--retry gives further attempts", ["flaky", "--retry", "2"], "3\n"],
  ])("%s", async (_title, words, output) => {
    expect(await cli("run", "jobs.ts", ...words)).toMatchObject({ stdout: output, code: 0 })
  })

  test.each([
    ["without arguments", [], "[]\n"],
    ["the words are its arguments", ["nope", "1"], '[\n  "nope",\n  1\n]\n'],
    ["unless the first is its name", ["echo"], "[]\n"],
    ["or its export's", ["default", "x"], '[\n  "x"\n]\n'],
  ])("a module with one task needs no name: %s", async (_title, words, output) => {
    expect((await cli("run", "./one.ts", ...words)).stdout).toBe(output)
  })

  test("tells the story on stderr in plain lines and the output on stdout", async () => {
    const { stdout, stderr } = await cli("run", "jobs.ts", "chatty")
    expect(stdout).toBe("done\n")
    expect(stderr).toMatch(
      /^chatty: running\nprinted by the body\nchatty › greet someone: running\nchatty › greet someone: completed in .+\nchatty: completed in .+\n$/,
    )
  })

  test.each(["coroutine", "thread", "process"])(
    "stdout has the answer alone, whatever a module and its bodies print: in a %s",
    async (executor) => {
      const quiet = await cli("run", "printing.ts", "prints", "--executor", executor, "-q")
      expect([quiet.stdout, quiet.code]).toEqual(["the output\n", 0])
      expect(quiet.stderr).toContain("printed by the module\n")
      const { stdout } = await cli("run", "printing.ts", "prints", "--executor", executor, "--json")
      const facts = stdout.split("\n").filter(Boolean)
      expect(facts.map((line) => (JSON.parse(line) as { readonly type: string }).type).at(-1)).toBe("outcome")
    },
  )

  test.each(["coroutine", "thread", "process"])(
    "a body that prints at the reader's pace goes on: in a %s",
    async (executor) => {
      const { stdout, code } = await cli("run", "printing.ts", "prints much", "--executor", executor, "-q")
      expect([stdout, code]).toEqual(["the output\n", 0])
    },
  )

  test.each(["coroutine", "thread", "process"])("a body that ends stdout ends no answer: in a %s", async (executor) => {
    const { stdout, stderr, code } = await cli("run", "printing.ts", "ends", "--executor", executor, "-q")
    expect([stdout, code]).toEqual(["the output\n", 0])
    expect(stderr).toContain("printed by a pipeline\n")
  })

  test("nothing of what is printed is lost", async () => {
    const { stderr } = await cli("run", "printing.ts", "prints much", "--executor", "coroutine", "-q")
    expect(stderr).toBe(`printed by the module\n${"x".repeat(300_000)}the last line\n`)
  })

  test("--quiet tells nothing but the output", async () => {
    expect(await cli("run", "jobs.ts", "add", "1", "2", "-q")).toEqual({ stdout: "3\n", stderr: "", code: 0 })
  })

  test("a failure is one line and exit code 1", async () => {
    expect(await cli("run", "jobs.ts", "boom", "--quiet")).toEqual({
      stdout: "",
      stderr: "tasktor: boom failed: TypeError: no way\n",
      code: 1,
    })
  })

  test("--verbose adds the body's stack and causes", async () => {
    const { stderr, code } = await cli("run", "jobs.ts", "boom", "--verbose")
    expect(stderr).toMatch(/jobs\.ts:\d+/)
    expect(stderr).toContain("deep down")
    expect(code).toBe(1)
  })

  test("--timeout fails the task", async () => {
    const { stderr, code } = await cli("run", "jobs.ts", "stubborn", "--timeout", "10ms")
    expect(stderr).toContain("stubborn: failed")
    expect(stderr).toContain("hard timeout of 10 ms is over")
    expect(code).toBe(1)
  })

  test("leaves nothing running, whatever the module has left open", async () => {
    expect(await cli("run", "jobs.ts", "untidy")).toMatchObject({ stdout: "over\n", code: 0 })
  })

  test("what nobody catches ends the run in one line", async () => {
    const { stderr, code } = await cli("run", "jobs.ts", "late")
    expect(stderr).toContain("tasktor: Cannot go on: uncaught Error: nobody catches it\n")
    expect(code).toBe(1)
  })
})

describe("errors of use are one line without a stack, exit code 2", () => {
  test.each([
    ["no such file", ["./nope.ts"], "Cannot load ./nope.ts: there is no such file, nor a package of that name"],
    ["no such package", ["nope"], "Cannot load nope: there is no such file, nor a package of that name"],
    [
      "no task in it",
      ["no-task.ts"],
      "Cannot run no-task.ts: it exports no task; export one, as in export const hello = defineTask({ … })",
    ],
    ["a module that throws", ["throws.mjs"], "Cannot load throws.mjs: RangeError: not today (line 1)"],
    [
      "several tasks",
      ["jobs.ts"],
      'Cannot run jobs.ts: it exports several tasks; name one of add, boom, chatty, flaky, forever, greet ("greet someone"), key, late, loud, report, stubborn, sum ("add"), talkative, untidy',
    ],
    [
      "no such task",
      ["jobs.ts", "adds"],
      expect.stringMatching(/^Cannot run "adds": jobs.ts exports no task of that name; it exports add, /),
    ],
    [
      "arguments for a call",
      ["jobs.ts", "sum", "1"],
      'Cannot run "add": it is a call that has its arguments; leave out 1',
    ],
    [
      "arguments twice",
      ["one.ts", "1", "--args", "[]"],
      "Cannot run: there are arguments in --args and beside it (1); give one of them",
    ],
    [
      "--args that is no array",
      ["one.ts", "--args", "1"],
      `Cannot read --args: it must be a JSON array, as in '[1, "two"]', current value is 1`,
    ],
    [
      "a wrong duration",
      ["one.ts", "-t", "10 parsecs"],
      expect.stringMatching(/^Cannot read --timeout: "10 parsecs" is not a duration; /),
    ],
    [
      "a wrong count",
      ["one.ts", "--retry", "-1"],
      'Cannot read --retry: it must be a whole number, 0 or more, current value is "-1"',
    ],
    [
      "a wrong concurrency",
      ["one.ts", "-c", "thread"],
      expect.stringMatching(/^Cannot read --concurrency: it must be an executor and its slots, as in thread=2/),
    ],
    [
      "an unknown executor",
      ["one.ts", "-e", "cloud"],
      expect.stringMatching(
        /^Cannot read the command: .*Allowed choices are coroutine, thread, process; see tasktor --help$/,
      ),
    ],
    [
      "an unknown option",
      ["one.ts", "--jsn"],
      "Cannot read the command: unknown option '--jsn' (Did you mean --json?); see tasktor --help",
    ],
    ["a task that cannot run there", ["one.ts", "-e", "thread"], expect.stringMatching(/^Cannot run task "echo"/)],
  ])("%s", async (_title, words, message) => {
    const { stdout, stderr, code } = await cli("run", ...words)
    expect(stdout).toBe("")
    expect(stderr).toMatch(/^tasktor: .*\n$/)
    expect(stderr.slice("tasktor: ".length, -1)).toEqual(message)
    expect(code).toBe(2)
  })

  test("no command", async () => {
    const { stderr, code } = await cli()
    expect(stderr).toContain("Usage: tasktor")
    expect(code).toBe(2)
  })

  test("--verbose shows where a module threw", async () => {
    expect((await cli("run", "throws.mjs", "-v")).stderr).toMatch(/throws\.mjs:1/)
  })
})

describe("help", () => {
  test.each([[["--help"]], [["help"]]])("%j names the commands", async (words) => {
    const { stdout, stderr, code } = await cli(...words)
    expect(stdout).toContain("run one exported task")
    expect(stderr).toBe("")
    expect(code).toBe(0)
  })

  test("of run names every option, the exit codes and examples", async () => {
    const { stdout, code } = await cli("run", "--help")
    for (const option of [
      "--args",
      "--executor",
      "--key",
      "--timeout",
      "--retry",
      "--concurrency",
      "--json",
      "--quiet",
      "--verbose",
    ]) {
      expect(stdout).toContain(option)
    }
    expect(stdout).toContain("Exit code: 0 completed, 1 failed")
    expect(stdout).toContain("$ tasktor run ./jobs.ts crunch 1000")
    expect(code).toBe(0)
  })

  test("--version is the package's", async () => {
    expect((await cli("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe("interrupts", () => {
  test("SIGINT once cancels: the body tidies up, exit code 130", async () => {
    const program = startCli("run", "jobs.ts", "forever")
    await program.printed("forever: ready")
    program.child.kill("SIGINT")
    const { stderr, code } = await program.ended
    expect(stderr).toContain("Cancelling; press Ctrl-C again to terminate\n")
    expect(stderr).toMatch(/forever: cancelled in .*: interrupted · tidied up\n$/)
    expect(code).toBe(130)
  })

  test("SIGINT twice terminates what does not listen", async () => {
    const program = startCli("run", "jobs.ts", "stubborn")
    await program.printed("stubborn: ready")
    program.child.kill("SIGINT")
    await program.printed("Cancelling")
    program.child.kill("SIGINT")
    const { stderr, code } = await program.ended
    expect(stderr).toContain("Terminating\n")
    expect(stderr).toMatch(/stubborn: cancelled/)
    expect(code).toBe(130)
  })

  test("SIGTERM cancels as well", async () => {
    const program = startCli("run", "jobs.ts", "forever", "--quiet", "--json")
    await program.printed('"ready"')
    program.child.kill("SIGTERM")
    const { stdout, code } = await program.ended
    expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({
      outcome: { status: "cancelled", reason: { type: "requested", message: "SIGTERM" } },
    })
    expect(code).toBe(130)
  })

  test("a terminal that is gone ends the run, even of a body that does not listen", async () => {
    const program = startCli("run", "jobs.ts", "stubborn")
    await program.printed("stubborn: ready")
    program.child.kill("SIGHUP")
    expect((await program.ended).code).toBe(130)
  })

  test("a reader that goes away ends the run, without a word", async () => {
    const program = startCli("run", "jobs.ts", "talkative", "--json")
    await program.printed('"tick"')
    program.child.stdout?.destroy()
    const { stderr, code } = await program.ended
    expect(stderr).toBe("")
    expect(code).toBe(130)
  })
})
