// A document that is edited while its run stands still, as the person who resumes it sees it. No terminal: what is a question
// is refused with what to type.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunbook, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();

const call = (...args: string[]): Promise<Finished> => callRunbook(args, { cwd: bench.desk.folder });
const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;
const write = (text: string, name = 'edit.md'): void => writeFileSync(join(bench.desk.folder, name), text);
const line = (text: string): string => `echo ${text} >> '${bench.desk.folder}/effects'`;
const effects = (): string[] => (existsSync(join(bench.desk.folder, 'effects')) ? readFileSync(join(bench.desk.folder, 'effects'), 'utf8').trim().split('\n') : []);
const statesOf = ({ stdout }: Finished): Record<string, string> => Object.fromEntries((JSON.parse(stdout) as { steps: { id: string; state: string }[] }).steps.map(({ id, state }) => [id, state]));

const one = (): string => block('name=one effect=write', line('one'));
const broken = block('name=look effect=read', 'exit 7');

/** A run that has written once and stopped at a step that was written wrongly. */
async function stopped(front = ''): Promise<void> {
  write(`${front}# Edit\n\n${one()}${broken}`);
  const run = await call('run', 'edit.md', '--yes');
  expect(run.code, run.stderr).toBe(1);
}

test('an undone step is taken as it is now, a new one runs, a done one is not run again', async () => {
  await stopped();
  write(`# Edit\n\nSome words.\n\n${block('name=new effect=write', line('new'))}${one()}${block('name=look effect=read', 'true')}`);
  const resumed = await call('resume', '--json');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(statesOf(resumed)).toEqual({ new: 'passed', one: 'passed', look: 'passed' });
  expect(effects()).toEqual(['one', 'new']);
  expect(resumed.stderr).toContain('edit.md was edited since this run began, and is taken as it is now. Changed: look. New: new.');
  const report = await call('report', '--json');
  expect((JSON.parse(report.stdout) as { steps: unknown[] }).steps).toHaveLength(3);
});

test('a done step that has changed is a question: without a person it is refused, and nothing has happened', async () => {
  await stopped();
  write(`# Edit\n\n${block('name=one effect=write', line('other'))}${block('name=look effect=read', 'true')}`);
  const refused = await call('resume');
  expect(refused.code, refused.stderr).toBe(3);
  expect(refused.stderr).toContain('one is done and has changed');
  expect(refused.stderr).toContain('--keep-text');
  const kept = await call('resume', '--keep-text');
  expect(kept.code, 'the old text still fails').toBe(1);
  expect(effects()).toEqual(['one']);
});

test.each([
  ['has another name and text', () => block('name=uno effect=write', line('uno'))],
  ['has no name and another text', () => block('effect=write', line('uno'))],
])('a write that was made and now %s is not made again unasked', async (_what, renamed) => {
  await stopped();
  write(`# Edit\n\n${renamed()}${block('name=look effect=read', 'true')}`);
  const refused = await call('resume');
  expect(refused.code, refused.stderr).toBe(3);
  expect(refused.stderr).toMatch(/one has written and is gone, and \S+, a write that nothing verifies, is new/);
  expect(refused.stderr).toContain('--keep-text');
  expect(effects()).toEqual(['one']);
});

test('a write that was made is gone, and a new one has a verifier: it is asked, so nothing can happen twice', async () => {
  await stopped();
  const verifier = block('name=there verifies=uno effect=read', `grep -q one '${bench.desk.folder}/effects' || exit 1`);
  write(`# Edit\n\n${block('name=uno effect=write', line('one'))}${verifier}${block('name=look effect=read', 'true')}`);
  const resumed = await call('resume', '--json');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(statesOf(resumed)).toMatchObject({ uno: 'skipped', look: 'passed' });
  expect(effects()).toEqual(['one']);
});

test('an edited document that is not sound is refused with its place, the run can go on with its own text', async () => {
  await stopped();
  write(`# Edit\n\n${one()}${block('name=look efect=read', 'true')}`);
  const refused = await call('resume');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('edit.md:7:20  unknown-attribute');
  expect(refused.stderr).toContain('--keep-text');
  expect(effects()).toEqual(['one']);
});

test('inputs keep their values, a new one has to have one, another lock is another release', async () => {
  await stopped('---\ninputs:\n  v: { type: string, default: a }\n---\n');
  const rest = `# Edit\n\n${one()}${block('name=look effect=read', `echo "v is $v, w is $w"`)}`;
  write(`---\ninputs:\n  v: { type: string, default: b }\n  w: { type: string }\n---\n${rest}`);
  const refused = await call('resume');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('missing-input: input "w" is missing');
  write(`---\nlock: other\ninputs:\n  v: { type: string, default: b }\n  w: { type: string, default: c }\n---\n${rest}`);
  expect((await call('resume')).stderr).toContain('that is another release');
  write(`---\ninputs:\n  v: { type: string, default: b }\n  w: { type: string, default: c }\n---\n${rest}`);
  const resumed = await call('resume');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(resumed.stderr).toContain('v is a, w is c');
});

test('an edited included document counts as an edit', async () => {
  write(`# Part\n\n${block('name=p effect=read', 'exit 7')}`, 'part.md');
  write(`# Edit\n\n${one()}- [part](part.md) <!-- {include name=part} -->\n`);
  expect((await call('run', 'edit.md', '--yes')).code).toBe(1);
  write(`# Part\n\n${block('name=p effect=read', 'true')}`, 'part.md');
  const resumed = await call('resume', '--json');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(statesOf(resumed)).toEqual({ one: 'passed', 'part/p': 'passed', part: 'passed' });
  expect(effects()).toEqual(['one']);
});

test('resumed from another folder: the document is found where it was, and one that is gone is told', async () => {
  const { folder } = bench.desk;
  mkdirSync(join(folder, '.git'));
  mkdirSync(join(folder, 'docs'));
  mkdirSync(join(folder, 'elsewhere'));
  write(`# Edit\n\n${one()}${broken}`, 'docs/edit.md');
  expect((await callRunbook(['run', 'edit.md', '--yes'], { cwd: join(folder, 'docs') })).code).toBe(1);
  const away = (...args: string[]): Promise<Finished> => callRunbook(args, { cwd: join(folder, 'elsewhere') });
  rmSync(join(folder, 'docs/edit.md'));
  const gone = await away('resume', '--report', 'report.md');
  expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('edit.md is not there any more: the run goes on with the text it has.')]);
  expect(existsSync(join(folder, 'elsewhere/report.md'))).toBe(true);
  write(`# Edit\n\n${one()}${block('name=look effect=read', 'true')}`, 'docs/edit.md');
  const resumed = await away('resume', '--json');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(resumed.stderr).toContain('edit.md was edited since this run began, and is taken as it is now. Changed: look.');
  expect(statesOf(resumed)).toEqual({ one: 'passed', look: 'passed' });
  expect(effects()).toEqual(['one']);
});
