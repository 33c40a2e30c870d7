// A run folder that is moved, copied or loses its work folder: it goes on where nothing can be done twice, and is refused elsewhere.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunbook, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();

const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;
const effect = (text: string): string => `echo ${text} >> '${bench.desk.folder}/effects'`;
const effects = (): string[] => readFileSync(join(bench.desk.folder, 'effects'), 'utf8').trim().split('\n');
const call = (home: string, ...args: string[]): Promise<Finished> => callRunbook(args, { cwd: home });
const states = ({ stdout }: Finished): Record<string, string> => Object.fromEntries((JSON.parse(stdout) as { steps: { id: string; state: string }[] }).steps.map(({ id, state }) => [id, state]));

function homeElsewhere(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-elsewhere-'));
  bench.closeLater(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A run that prepared its work folder, wrote once, and stopped at a look; it looks well now. */
async function stopped(prepare = 'mkdir -p out; echo made > out/file; export kind=rc; plain=kept; cd out'): Promise<string> {
  const { folder } = bench.desk;
  writeFileSync(
    join(folder, 'move.md'),
    `# Move\n\n${block('name=prepare effect=local', prepare)}${block('name=up effect=read', 'cd ..')}${block('name=one effect=write', effect('one-$kind'))}${block('name=look effect=read', `test -e '${folder}/go'`)}${block('name=two effect=write', effect('two-$(cat out/file)-$plain'))}`,
  );
  const run = await call(folder, 'run', 'move.md', '--yes');
  expect(run.code, run.stderr).toBe(1);
  writeFileSync(join(folder, 'go'), '');
  return readdirSync(join(folder, '.runbook/runs'))[0] ?? '';
}

test('a copy beside its original is refused, whoever insists; the original goes on', async () => {
  const { folder } = bench.desk;
  const id = await stopped();
  const other = homeElsewhere();
  cpSync(join(folder, '.runbook'), join(other, '.runbook'), { recursive: true });
  for (const insist of [[], ['--take-over']]) {
    const refused = await call(other, 'resume', id, ...insist);
    expect(refused.code, refused.stderr).toBe(3);
    expect(refused.stderr).toContain(`is a copy of the run in ${join(folder, '.runbook/runs', id)}, which is still there`);
  }
  cpSync(join(folder, '.runbook/runs', id), join(folder, '.runbook/runs', `${id}-copy`), { recursive: true });
  expect((await call(folder, 'resume', `${id}-copy`)).stderr).toContain('is a copy of the run in');
  const resumed = await call(folder, 'resume', id);
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(effects()).toEqual(['one-rc', 'two-made-kept']);
});

test('a folder that was moved on its disk goes on, in the folders of its new place', async () => {
  const id = await stopped();
  const other = homeElsewhere();
  mkdirSync(join(other, '.runbook'));
  renameSync(join(bench.desk.folder, '.runbook/runs'), join(other, '.runbook/runs'));
  const resumed = await call(other, 'resume', id, '--json');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(effects()).toEqual(['one-rc', 'two-made-kept']);
  expect(states(resumed)).toMatchObject({ prepare: 'passed', one: 'passed', two: 'passed' });
});

test('a copy whose original is gone is a question; with --take-over it makes its work folder again and goes on', async () => {
  const { folder } = bench.desk;
  const id = await stopped();
  const other = homeElsewhere();
  cpSync(join(folder, '.runbook'), join(other, '.runbook'), { recursive: true });
  rmSync(join(folder, '.runbook'), { recursive: true });
  rmSync(join(other, '.runbook/runs', id, 'work'), { recursive: true });
  const refused = await call(other, 'resume', id);
  expect(refused.code, refused.stderr).toBe(3);
  expect(refused.stderr).toContain('--take-over');
  expect(effects()).toEqual(['one-rc']);
  const resumed = await call(other, 'resume', id, '--take-over');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(effects()).toEqual(['one-rc', 'two-made-kept']);
  const journal = readFileSync(join(other, '.runbook/runs', id, 'journal.jsonl'), 'utf8');
  expect(journal).toMatch(/"kind":"moved","place":\{[^}]*\},"by":\{"name":"[^"]+","verified":"os".*\},"due":\["prepare"\]/);
});

test('a value that writes have used must come out the same when its step is done again', async () => {
  const id = await stopped(`mkdir -p out; echo made > out/file; plain=kept; kind=$(cat '${bench.desk.folder}/kind' 2>/dev/null || echo rc); export kind; cd out`);
  rmSync(join(bench.desk.folder, '.runbook/runs', id, 'work'), { recursive: true });
  writeFileSync(join(bench.desk.folder, 'kind'), 'final');
  for (const attempt of ['first', 'second']) {
    const resumed = await call(bench.desk.folder, 'resume', id);
    expect(resumed.code, attempt).toBe(1);
    expect(resumed.stderr).toContain('publishes another kind than the one that writes have used: "final", not "rc"');
    expect(effects()).toEqual(['one-rc']);
  }
  rmSync(join(bench.desk.folder, 'kind'));
  expect((await call(bench.desk.folder, 'resume', id)).code).toBe(0);
  expect(effects()).toEqual(['one-rc', 'two-made-kept']);
  expect(existsSync(join(bench.desk.folder, '.runbook/runs', id, 'work/out/file'))).toBe(true);
});
