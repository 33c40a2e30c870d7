// What is offered, for commands that are declared here: a flag that is added to the program later completes by itself.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCandidates } from './candidate.ts';

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

function declare(): Command {
  const program = new Command('runbook').version('1', '-V, --version');
  program
    .command('run').description('run a document').argument('<file>')
    .option('-i, --input <name=value>', 'an input', collect).option('--rehearse', 'in a world').option('--from <step>').option('--until <step>').option('--only <step>').option('--report <file>', 'here', collect).option('--seed <dir>').addOption(new Option('--format <format>').choices(['md', 'json']));
  program.command('check').argument('<path...>').option('--fix');
  program.command('resume').argument('[run]').option('--take-over');
  program.command('approve').argument('<run>').argument('<step>').option('--evidence <text>');
  program.command('logs').argument('<run>').argument('<step>');
  program.command('completion').addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']));
  program.command('complete', { hidden: true }).argument('[words...]');
  const world = program.command('world').description('a world');
  world.command('up').option('--seed <dir>');
  world.command('down');
  return program;
}

const document = `---
inputs:
  version: { type: string, description: The tag, example: v1.0.0 }
  images: { type: list, choices: [a, b] }
  dry: { type: boolean }
  token: { type: secret, env: TOKEN }
---
# One

\`\`\`sh {name=look effect=read}
ls
\`\`\`
\`\`\`sh {name=push effect=write}
ls
\`\`\`
- [ ] Seen. <!-- {name=seen} -->
`;

let folder = '';
const at = async (...words: readonly string[]): Promise<string[]> => (await findCandidates(declare(), words, { folder })).map(({ value }) => value);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runbook-complete-'));
  for (const name of ['docs', '.hidden', 'a b', 'empty']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'release.md'), document);
  writeFileSync(join(folder, 'docs/other.markdown'), '# x\n\n```sh\nls\n```\n');
  writeFileSync(join(folder, 'a b/c d.md'), '');
  writeFileSync(join(folder, 'notes.txt'), '');
  writeFileSync(join(folder, '\u001b[31mred.md'), '');
  writeFileSync(join(folder, 'two\nlines.md'), '');
  symlinkSync(join(folder, 'docs'), join(folder, 'linked'));
  for (const id of ['20260101T000000-aaaaaa', '20260102T000000-bbbbbb']) {
    mkdirSync(join(folder, '.runbook/runs', id), { recursive: true });
    writeFileSync(join(folder, '.runbook/runs', id, 'journal.jsonl'), '');
    writeFileSync(join(folder, '.runbook/runs', id, 'document.md'), document);
  }
  mkdirSync(join(folder, '.runbook/runs/20260103T000000-cccccc'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('commands and flags', () => {
  test.each<readonly [readonly string[], readonly string[]]>([
    [[], ['run', 'check', 'resume', 'approve', 'logs', 'completion', 'world', 'help']],
    [['r'], ['run', 'resume']],
    [['world', ''], ['up', 'down', 'help']],
    [['world', 'up', '--'], ['--seed', '--help']],
    [['run', '--re'], ['--rehearse', '--report']],
    [['run', '--rehearse', '--re'], ['--report']],
    [['run', '--report', 'a', '--re'], ['--rehearse', '--report']],
    [['--v'], ['--version']],
    [['check', '--'], ['--fix', '--help']],
    [['nothing', ''], []],
    [['nothing', '-'], ['--version', '--help']],
    [['completion', ''], ['bash', 'zsh', 'fish']],
    [['run', '--format', ''], ['md', 'json']],
    [['run', '--format=j'], ['--format=json']],
    [['run', '--rehearse=x'], []],
    [['run', '--nonsense=x'], []],
  ])('%j', async (words, expected) => {
    expect(await at(...words)).toEqual(expected);
  });

  test('with what they mean', async () => {
    expect(await findCandidates(declare(), ['ru'], { folder })).toEqual([{ value: 'run', about: 'run a document' }]);
  });
});

describe('files', () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['documents and the folders to others', ['run', ''], ['release.md', 'a b/', 'docs/', 'empty/', 'linked/']],
    ['below a folder', ['run', 'docs/'], ['docs/other.markdown']],
    ['below a linked folder', ['run', 'linked/o'], ['linked/other.markdown']],
    ['with blanks', ['run', 'a b/'], ['a b/c d.md']],
    ['with a dot in front when it is typed', ['run', '.'], ['.hidden/', '.runbook/']],
    ['above', ['check', 'docs/../rel'], ['docs/../release.md']],
    ['the second of several', ['check', 'release.md', 'docs/'], ['docs/other.markdown']],
    ['no second where one is taken', ['run', 'release.md', ''], []],
    ['behind --', ['run', '--', 'rel'], ['release.md']],
    ['any for a report', ['run', 'release.md', '--report', 'n'], ['notes.txt']],
    ['folders alone', ['run', 'release.md', '--seed', ''], ['a b/', 'docs/', 'empty/', 'linked/']],
    ['a folder that is not there', ['run', 'none/'], []],
  ])('%s', async (_name, words, expected) => {
    expect(await at(...words)).toEqual(expected);
  });

  test('an absolute path', async () => {
    expect(await at('run', `${folder}/rel`)).toEqual([`${folder}/release.md`]);
  });
});

describe('what a document says', () => {
  test.each<readonly [readonly string[], readonly string[]]>([
    [['run', 'release.md', '--from', ''], ['look', 'push', 'seen']],
    [['run', 'release.md', '--until', 'p'], ['push']],
    [['run', '--only='], []],
    [['run', 'release.md', '--only=l'], ['--only=look']],
    [['run', '--from', ''], []],
    [['run', 'none.md', '--from', ''], []],
    [['run', 'docs', '--from', ''], []],
    [['run', 'release.md', '--input', ''], ['version=', 'images=', 'dry=', 'token=']],
    [['run', 'release.md', '-i', 'v'], ['version=']],
    [['run', 'release.md', '--input=v'], ['--input=version=']],
    [['run', 'release.md', '--input', 'dry='], ['dry=true', 'dry=false']],
    [['run', 'release.md', '--input', 'images='], ['images=a', 'images=b']],
    [['run', 'release.md', '--input', 'version='], ['version=v1.0.0']],
    [['run', 'release.md', '--input', 'token=@n'], ['token=@notes.txt']],
    [['run', 'release.md', '--input', 'other='], []],
  ])('%j', async (words, expected) => {
    expect(await at(...words)).toEqual(expected);
  });
});

describe('runs', () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['newest first, and only those with a journal', ['resume', ''], ['20260102T000000-bbbbbb', '20260101T000000-aaaaaa']],
    ['steps of a run', ['logs', '20260101T000000-aaaaaa', ''], ['look', 'push', 'seen']],
    ['manual steps to approve', ['approve', '20260101', ''], ['seen']],
    ['no steps where the run is not clear', ['logs', '2026', ''], []],
    ['no steps of no run', ['logs', 'x', ''], []],
    ['nothing for a text', ['approve', '20260101', 'seen', '--evidence', ''], []],
  ])('%s', async (_name, words, expected) => {
    expect(await at(...words)).toEqual(expected);
  });

  test('from a folder below', async () => {
    expect((await findCandidates(declare(), ['resume', '20260101'], { folder: join(folder, 'docs') })).map(({ value }) => value)).toEqual(['20260101T000000-aaaaaa']);
  });
});
