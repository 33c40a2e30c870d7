// The commands and their flags. It only wires: each command is loaded when it is wanted.
import { Argument, Command, CommanderError, Option } from 'commander';
import { exitCodes, UsageError } from './exit.ts';
import { addField } from './field-program.ts';
import { version } from './version.ts';
import { addTrace } from './tracing.ts';
import { collect, type Does } from './wiring.ts';

/** Parses the arguments, runs the command, gives its exit code. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let code: number = exitCodes.done;
  const program = new Command('runbook')
    .description('Runs a Markdown runbook: executes its blocks, waits for CI and people, and keeps a record of what was done.')
    .version(version, '-V, --version')
    .showHelpAfterError('(runbook --help shows the commands)')
    .exitOverride();
  const does = (action: (...args: never[]) => number | Promise<number>) => async (...args: unknown[]): Promise<void> => {
    code = await (action as (...args: unknown[]) => number | Promise<number>)(...args);
  };
  // only those that stand beside the wanted one; all of them for help, for completion, and for a word that is none
  const wanted = groups.filter(({ names }) => names.includes(argv[0] ?? ''));
  for (const { add } of wanted.length > 0 ? wanted : groups) add(program, does);
  addTrace(program);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    // told by its name, so that the runner is not loaded for commands that do without it
    if (error instanceof Error && error.name === 'JournalError') throw new UsageError(error.message, exitCodes.usage, { cause: error });
    if (isRefusedBySystem(error)) throw new UsageError(`the system refused something that is needed: ${error.message}. Make room or give the right, then try again; a run is resumed.`, exitCodes.usage, { cause: error });
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
}

/** What adds commands, and the commands that it adds. The words of all of them take a while to set up. */
const groups: readonly { readonly add: (program: Command, does: Does) => void; readonly names: readonly string[] }[] = [
  { add: addRunning, names: ['run', 'resume'] },
  { add: addSteering, names: ['undo', 'cancel', 'approve', 'export', 'import'] },
  { add: addReading, names: ['plan', 'list', 'check', 'new', 'docs'] },
  { add: addHistory, names: ['report', 'runs', 'logs', 'diff'] },
  { add: addField, names: ['preflight', 'prow', 'cloudbuild', 'promoter', 'registry'] },
  { add: addWriting, names: ['lsp', 'types', 'schema', 'completion'] },
  { add: addWorld, names: ['world'] },
];

/** A full or read-only disk, a missing right, too many open files: no bug of ours. */
function isRefusedBySystem(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'code' in error && ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE', 'EFBIG'].includes(String(error.code));
}

function addRunning(program: Command, does: Does): void {
  program
    .command('run')
    .argument('<file>', 'the runbook, a Markdown file')
    .description('run a document')
    .option('-i, --input <name=value>', 'an input; NAME=@FILE takes a file; repeatable', collect)
    .option('--rehearse', 'in a rehearsal world on this machine; nothing outside is touched')
    .option('--dry-run', 'reads run, every write is shown and withheld')
    .option('-y, --yes', 'do not ask before it begins; in a rehearsal the people of the world tick manual steps')
    .option('--from <step>', 'begin with this step')
    .option('--until <step>', 'end with this step')
    .option('--only <step>', 'only this step; repeatable', collect)
    .option('--tag <tag>', 'only steps with this tag; repeatable', collect)
    .option('--seed <dir>', 'files that replace those of the rehearsal world')
    .option('--fault <name[@step]>', 'a bad day for the rehearsal, from this step on; see world faults; repeatable', collect)
    .option('--manual', 'play the people of the rehearsal yourself, with world comment')
    .addOption(new Option('--pace <pace>', 'how rehearsed time passes: 0, real, or a factor such as 10x'))
    .option('--step', 'ask before each step: go on, skip with a reason, look at the log, stop')
    .option('--notify <program>', 'a program that is started when the run waits or is over; it reads what happened as JSON')
    .option('--detach-on-gate', 'end with 3 at a gate that is not met yet; resume asks again')
    .option('--json', 'the report as JSON on stdout')
    .option('--report <file>', 'also write the report here (.md, .json, .html, .xml for JUnit); repeatable', collect)
    .addHelpText('after', '\nExamples:\n  $ runbook run release.md --rehearse --yes\n  $ runbook run release.md --input version=v1.2.3 --report report.html')
    .action(does(async (file: string, flags: never) => (await import('./commands/run.ts')).run(file, flags)));
  program
    .command('resume')
    .argument('[run]', 'a run; the newest that is not over')
    .description('go on where a run stopped')
    .option('--take-over', 'although it was last run on another machine')
    .option('--done <step>', 'somebody looked: this write, which was cut off, has happened; repeatable', collect)
    .option('--not-done <step>', 'somebody looked: it has not happened, and is run again; repeatable', collect)
    .option('-i, --input <name=@file>', 'a secret of the run, from a file; repeatable', collect)
    .option('--keep-text', 'go on with the text that the run has, although its document was edited')
    .option('-y, --yes', 'in a rehearsal the people of the world tick manual steps')
    .option('--pace <pace>', 'how rehearsed time passes: 0, real, or a factor such as 10x')
    .option('--step', 'ask before each step: go on, skip with a reason, look at the log, stop')
    .option('--notify <program>', 'a program that is started when the run waits or is over; it reads what happened as JSON')
    .option('--detach-on-gate', 'end with 3 at a gate that is not met yet; resume asks again')
    .option('--json', 'the report as JSON on stdout')
    .option('--report <file>', 'also write the report here (.md, .json, .html, .xml for JUnit); repeatable', collect)
    .addHelpText('after', '\nExamples:\n  $ runbook resume\n  $ runbook resume 20261127T0154 --done open-pull-request')
    .action(does(async (run: string | undefined, flags: never) => (await import('./commands/resume.ts')).resume(run, flags)));
}

function addSteering(program: Command, does: Does): void {
  for (const [name, description] of [
    ['undo', 'undo what a run has written, newest first, by the blocks with undoes=STEP; each is asked for'],
    ['cancel', 'end a run for good; its on=failure steps run, nothing else'],
  ] as const) {
    program
      .command(name)
      .argument('<run>')
      .description(description)
      .option('--take-over', 'although it was last run on another machine')
      .option('-i, --input <name=@file>', 'a secret of the run, from a file; repeatable', collect)
      .option('-y, --yes', name === 'undo' ? 'undo everything without a question' : 'in a rehearsal nobody is asked')
      .option('--json', 'the report as JSON on stdout')
      .option('--report <file>', 'also write the report here (.md, .json, .html, .xml for JUnit); repeatable', collect)
      .addHelpText('after', `\nExample:\n  $ runbook ${name} 20261127T0154`)
      .action(does(async (run: string, flags: never) => (await import('./commands/resume.ts'))[name](run, flags)));
  }
  program
    .command('approve')
    .argument('<run>')
    .argument('<step>')
    .description('tick a manual step of a run')
    .option('--evidence <text>', 'a link or a line that shows it')
    .option('--decline <reason>', 'say no instead')
    .option('--out <file>', 'write it to a file, for the machine where the run is')
    .option('--document <file>', 'with --out, where the run is not: the document with the step, so that the approval is of its text')
    .addHelpText('after', '\nExample:\n  $ runbook approve 20261127T0154 go-ahead --evidence https://example.org/minutes')
    .action(does(async (run: string, step: string, flags: never) => (await import('./commands/approve.ts')).approve(run, step, flags)));
  program
    .command('export')
    .argument('<run>')
    .description('hand a run over: write it to stdout; it does not go on here then')
    .addHelpText('after', '\nExample:\n  $ runbook export 20261127T0154 > run.jsonl')
    .action(does(async (run: string) => (await import('./commands/hand-over.ts')).exportRun(run)));
  program
    .command('import')
    .argument('<file>')
    .description('take in a run that was handed over, or an approval')
    .addHelpText('after', '\nExample:\n  $ runbook import run.jsonl')
    .action(does(async (file: string) => (await import('./commands/hand-over.ts')).importFile(file)));
}

function addReading(program: Command, does: Does): void {
  program
    .command('plan')
    .argument('<file>')
    .description('show what a run would do; nothing is executed')
    .option('-i, --input <name=value>', 'an input; repeatable', collect)
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook plan release.md --input version=v1.2.3')
    .action(does(async (file: string, flags: never) => (await import('./commands/read.ts')).plan(file, flags)));
  program
    .command('list')
    .argument('<file>')
    .description('list the steps of a document')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook list README.md')
    .action(does(async (file: string, flags: never) => (await import('./commands/read.ts')).list(file, flags)));
  program
    .command('check')
    .argument('<path...>', 'documents, folders of them, patterns such as "docs/**/*.md", or - for standard input')
    .description('show everything that is wrong with documents, what they quote and what they link to')
    .option('--fix', 'refresh blocks with source= that drifted from what they quote')
    .option('--offline', 'do not fetch what blocks quote')
    .option('--links', 'also ask the web for every link')
    .option('--env', 'also tell the commands that this machine lacks')
    .option('--format <format>', 'text, json, github (annotations) or sarif (code scanning)')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook check runbooks "docs/**/*.md" --format github')
    .action(does(async (paths: string[], flags: never) => (await import('./commands/check.ts')).check(paths, flags)));
  program
    .command('new')
    .argument('[file]', 'the file to write, or - for stdout; named after the title')
    .description('write a first runbook from answers; without flags they are asked for')
    .option('-t, --title <text>', 'what it does')
    .option('-s, --step <name[:kind]>', 'a step: read, local, write, wait or person; repeatable', collect)
    .option('-i, --input <name[:type[=value]]>', 'an input: string, number, boolean, choice, list or secret; repeatable', collect)
    .option('--kubernetes-image', 'for the release of an image of a Kubernetes subproject')
    .option('--force', 'replace the file if it is there')
    .addHelpText('after', '\nExample: runbook new rotate-keys.md --title "Rotate the keys" --input cluster:choice=blue,green --step look --step rotate:write')
    .action(does(async (file: string | undefined, flags: never) => (await import('./commands/new.ts')).newRunbook(file, flags)));
  program
    .command('docs')
    .argument('<file...>', 'documents')
    .description('render documents as HTML pages that need nothing else; nothing is executed')
    .option('-o, --out <dir>', 'a folder for the pages, or - for stdout; beside each document')
    .addHelpText('after', '\nExample: runbook docs runbooks/*.md --out site')
    .action(does(async (files: string[], flags: never) => (await import('./commands/docs.ts')).docs(files, flags)));
}

function addHistory(program: Command, does: Does): void {
  program
    .command('report')
    .argument('[run]', 'a run; the newest one')
    .description('tell what a run did')
    .option('--format <format>', 'md, json, junit or html')
    .option('--json', 'as JSON')
    .option('--comment <owner/repo#number>', 'put it on an issue or pull request; its earlier comment there is replaced')
    .option('-y, --yes', 'with --comment: do not ask')
    .addHelpText('after', '\nExamples:\n  $ runbook report --format html > report.html\n  $ runbook report 20261127T0154 --comment kubernetes/k8s.io#1234')
    .action(does(async (run: string | undefined, flags: never) => (await import('./commands/report.ts')).report(run, flags)));
  const runs = program
    .command('runs')
    .description('list the runs of this place, newest first')
    .option('--state <state>', 'only those in this state')
    .option('--mode <mode>', 'only live, rehearse or dry-run')
    .option('--runbook <text>', 'only those whose file or title has this in it')
    .option('--since <time>', 'only those that began since then: 7d, 2026-11-27')
    .option('--limit <number>', 'at most so many')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook runs --state waiting --since 7d')
    .action(does(async (flags: never) => (await import('./commands/runs.ts')).runs(flags)));
  runs
    .command('prune')
    .description('remove runs that are over; says what would go until --yes')
    .option('--older <time>', 'that began before then: 30d, 2026-01-01')
    .option('--keep <number>', 'all but so many of the newest')
    .option('--force', 'also runs that could be resumed')
    .option('-y, --yes', 'remove them')
    .addHelpText('after', '\nExample:\n  $ runbook runs prune --older 30d --keep 10')
    .action(does(async (flags: never) => (await import('./commands/runs.ts')).prune(flags)));
  program
    .command('logs')
    .argument('<run>')
    .argument('[step]', 'without one, the steps that have said something are listed')
    .description('show the output of a step')
    .option('-f, --follow', 'go on until the step has ended')
    .option('-n, --lines <number>', 'only so many of its last lines')
    .addHelpText('after', '\nExample:\n  $ runbook logs 20261127T0154 build -f')
    .action(does(async (run: string, step: string | undefined, flags: never) => (await import('./commands/logs.ts')).logs(run, step, flags)));
  program
    .command('diff')
    .argument('<before>', 'a run')
    .argument('<after>', 'another run')
    .description('show what differs between two runs')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ runbook diff 20261126T1012 20261127T0154')
    .action(does(async (before: string, after: string, flags: never) => (await import('./commands/diff.ts')).diff(before, after, flags)));
}

function addWriting(program: Command, does: Does): void {
  program
    .command('lsp')
    .description('serve an editor: problems while typing, explanations, completion (language server on stdin and stdout)')
    // Editors say these by themselves.
    .addOption(new Option('--stdio').hideHelp())
    .addOption(new Option('--clientProcessId <pid>').hideHelp())
    .addHelpText('after', '\nExample, in the settings of an editor:\n  runbook lsp\nSee docs/editors.md.')
    .action(does(async () => (await import('./commands/lsp.ts')).lsp()));
  program
    .command('types')
    .argument('[file]', 'a document, for its inputs and outputs')
    .description('print the types of what script blocks have in scope, for editors')
    .addHelpText('after', '\nExample:\n  runbook types runbooks/release.md > runbook.d.ts')
    .action(does(async (file: string | undefined) => (await import('./commands/types.ts')).types(file)));
  program
    .command('schema')
    .addArgument(new Argument('[of]', 'what it is of').choices(['front-matter', 'report']).default('front-matter'))
    .description('print a JSON schema: of the front matter, or of a report')
    .addHelpText('after', '\nExample:\n  runbook schema report > report.schema.json')
    .action(does(async (of: 'front-matter' | 'report') => (await import('./commands/schema.ts')).schema(of)));
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell that will read it').choices(['bash', 'zsh', 'fish']))
    .description('print what lets a shell complete commands, files, steps, inputs and runs')
    .addHelpText('after', '\nExample, in ~/.bashrc:\n  source <(runbook completion bash)')
    .action(does(async (shell: 'bash' | 'zsh' | 'fish') => (await import('./commands/completion.ts')).completion(shell)));
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(does(async (words: string[]) => (await import('./commands/complete.ts')).complete(program, words)));
}

function addWorld(program: Command, does: Does): void {
  const world = program.command('world').description('a rehearsal world that stays up');
  world
    .command('up')
    .description('start one and print the variables that lead into it: eval "$(runbook world up)"')
    .option('--seed <dir>', 'files that replace those of the world')
    .option('--fault <name[@step]>', 'a bad day; repeatable', collect)
    .option('--manual', 'its people do nothing by themselves: play them with world comment')
    .option('--pace <pace>', 'how its time passes by itself: 0 (not at all; runs and waits let it pass), real, or a factor such as 10x')
    .addOption(new Option('--shell <shell>', 'whose language the variables are printed in; that of SHELL unless given').choices(['bash', 'zsh', 'fish']))
    .option('--user <login>', 'the login of the rehearsing person')
    .addHelpText('after', '\nExamples:\n  $ eval "$(runbook world up)"\n  $ runbook world up --shell fish | source\n  $ eval "$(runbook world up --manual --pace 60x)"')
    .action(does(async (flags: never) => (await import('./commands/world.ts')).worldUp(flags)));
  world
    .command('open')
    .description('show its repositories, pull requests, runs and images in a browser')
    .addHelpText('after', '\nExample:\n  $ runbook world open')
    .action(does(async () => (await import('./commands/world.ts')).worldOpen()));
  world
    .command('down')
    .description('stop it and remove it')
    .addHelpText('after', '\nExample:\n  $ runbook world down')
    .action(does(async () => (await import('./commands/world.ts')).worldDown()));
  world
    .command('reset')
    .description('start it anew as it was when it went up, at the same address')
    .addHelpText('after', '\nExample:\n  $ runbook world reset')
    .action(does(async () => (await import('./commands/world.ts')).worldReset()));
  world
    .command('faults')
    .description('list the bad days that can be rehearsed, and what they teach')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  runbook run runbooks/release.md --rehearse --yes --fault rate-limited@merge')
    .action(does(async (flags: never) => (await import('./commands/world.ts')).worldFaults(flags)));
  world
    .command('comment')
    .argument('<pull>', 'a pull request of the world, as OWNER/REPO#NUMBER')
    .argument('<text>', 'what is said, for example /lgtm')
    .option('--as <login>', 'who says it; the rehearsing person unless given')
    .description('say something on a pull request of the world')
    .addHelpText('after', "\nExample:\n  runbook world comment kubernetes/k8s.io#1 '/lgtm' --as alice")
    .action(does(async (pull: string, text: string, flags: never) => (await import('./commands/world.ts')).worldComment(pull, text, flags)));
  world
    .command('ledger')
    .description('list every request it received')
    .option('-f, --follow', 'and those that come, until Ctrl-C')
    .option('--json', 'as JSON; with -f a line each')
    .addHelpText('after', '\nExample:\n  $ runbook world ledger --json | jq ".entries[] | select(.write)"')
    .action(does(async (flags: never) => (await import('./commands/world.ts')).worldLedger(flags)));
  world
    .command('serve', { hidden: true })
    .argument('<options>')
    .argument('<standing>')
    .action(does(async (options: string, standing: string) => (await import('./commands/world.ts')).worldServe(options, standing)));
}
