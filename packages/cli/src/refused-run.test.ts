// What is refused before anything is begun, and what is told of a document that cannot run. No run is left behind.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { callRunbook, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();

const call = (...args: string[]): Promise<Finished> => callRunbook(args, { cwd: bench.desk.folder });
const write = (name: string, content: string | Buffer): void => writeFileSync(join(bench.desk.folder, name), content);
const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;

async function refused(...args: string[]): Promise<string> {
  const { code, stderr } = await call(...args);
  expect(code, stderr).toBe(2);
  expect((await call('runs')).stdout.trim()).not.toContain('passed');
  return stderr;
}

describe('a document with nothing to run', () => {
  test.each([
    ['is empty', ''],
    ['only shows', '# Doc\n\n```console\n$ ls\n```\n'],
    ['only says what to do after a failure', block('name=f effect=read on=failure', 'true')],
  ])('%s: it is not said to have passed', async (_what, text) => {
    write('doc.md', text);
    expect(await refused('run', 'doc.md', '--yes')).toContain('doc.md has no step that runs, so there is nothing to do. runbook list doc.md shows what it holds.');
  });

  test.each([
    ['other bytes', Buffer.from('# caf\xe9\n\n```bash {name=a effect=read}\ntrue\n```\n', 'latin1')],
    ['zeros', Buffer.from('# Doc\0\n\n```bash {name=a effect=read}\ntrue\n```\n')],
  ])('is no text but %s', async (_what, bytes) => {
    write('doc.md', bytes);
    for (const command of [['run', 'doc.md', '--yes'], ['plan', 'doc.md']]) expect(await refused(...command)).toContain('doc.md: it is not text in UTF-8. Give a Markdown file, or convert it.');
  });
});

describe('a program for --notify is told to be missing before anything is begun', () => {
  test.each([
    ['is not there', './nowhere'],
    ['has arguments', 'echo hello'],
    ['may not be run', './plain'],
    ['is a folder', './folder'],
  ])('%s', async (_what, program) => {
    write('doc.md', block('name=a effect=read', 'true'));
    write('plain', '');
    chmodSync(join(bench.desk.folder, 'plain'), 0o644);
    mkdirSync(join(bench.desk.folder, 'folder'));
    const { code, stderr } = await call('run', 'doc.md', '--yes', '--notify', program);
    expect([code, stderr.split('\n')[0]]).toEqual([0, `--notify ${program}: there is no such program, so nobody will be told. Give the name of one in PATH or its path, without arguments.`]);
  });
});

test('list shows a document that has problems, and says that it has', async () => {
  write('doc.md', `${block('name=a efect=read', 'true')}- [there](nowhere.md) <!-- {include} -->\n`);
  const { code, stdout, stderr } = await call('list', 'doc.md');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^a +shell bash/m)]);
  expect(stderr).toBe('doc.md: it has 1 error and will not run. runbook check doc.md shows it.\n');
});

test('docs into a folder that is none', async () => {
  write('doc.md', '# Doc\n');
  for (const out of ['doc.md', 'doc.md/below']) expect(await refused('docs', 'doc.md', '--out', out)).toContain(`${out}/doc.html cannot be written: `);
});
