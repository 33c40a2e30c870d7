// Parts of a run: selected steps, and a gate that is left and asked again later.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunbook, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();

interface Told {
  readonly state: string;
  readonly steps: readonly { readonly id: string; readonly state: string }[];
}

const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;

function write(...blocks: readonly string[]): void {
  writeFileSync(join(bench.desk.folder, 'part.md'), `# Part\n\n${blocks.join('')}`);
}

const call = (...args: string[]): Promise<Finished> => callRunbook(args, { cwd: bench.desk.folder });
const told = ({ stdout }: Finished): Told => JSON.parse(stdout) as Told;
const states = (finished: Finished): Record<string, string> => Object.fromEntries(told(finished).steps.map(({ id, state }) => [id, state]));

test('only the selected steps run, the others are told as not selected', async () => {
  write(block('name=one effect=read', 'echo one'), block('name=two effect=read', 'echo two'), block('name=three effect=read tag=last', 'echo three'));
  expect(states(await call('run', 'part.md', '--yes', '--json', '--from', 'two'))).toEqual({ one: 'not-selected', two: 'passed', three: 'passed' });
  expect(states(await call('run', 'part.md', '--yes', '--json', '--only', 'one'))).toEqual({ one: 'passed', two: 'not-selected', three: 'not-selected' });
  expect(states(await call('run', 'part.md', '--yes', '--json', '--tag', 'last'))).toEqual({ one: 'not-selected', two: 'not-selected', three: 'passed' });
});

test('what is shown before it begins is what was selected, and it says whether anything is written', async () => {
  write(block('name=one effect=write', 'echo one'), block('name=seen verifies=one effect=read', 'exit 1'), block('name=two effect=read', 'echo two'));
  const all = await call('run', 'part.md');
  expect([all.code, all.stderr]).toEqual([3, expect.stringMatching(/2 steps, 1 of them writes[^]*This run writes to the outside and nobody is here to confirm it/)]);
  const part = await call('run', 'part.md', '--only', 'two');
  expect([part.code, part.stderr]).toEqual([3, expect.stringMatching(/1 step, 0 of them write[^]*\nNobody is here to confirm it/)]);
  expect(part.stderr).not.toContain('seen');
});

test('a selection that would run a step without its values is refused before anything is begun', async () => {
  write(block('name=look effect=read', 'export found=1'), block('name=tell effect=read', 'echo "$found"'));
  const refused = await call('run', 'part.md', '--yes', '--from', 'tell');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('tell uses found, which look publishes, and look is not selected.');
  expect(existsSync(join(bench.desk.folder, '.runbook/runs')) ? readdirSync(join(bench.desk.folder, '.runbook/runs')) : []).toEqual([]);
});

test('a resumed run keeps to its selection', async () => {
  write(block('name=one effect=read', 'test -e ../../../../go'), block('name=two effect=read', 'echo two'));
  expect((await call('run', 'part.md', '--yes', '--until', 'one')).code).toBe(1);
  writeFileSync(join(bench.desk.folder, 'go'), '');
  const resumed = await call('resume', '--json');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(states(resumed)).toEqual({ one: 'passed', two: 'not-selected' });
});

test('a gate that is not met is left with 3, keeps its deadline, and is met by a later resume', async () => {
  write(block('name=gate effect=read poll=1h timeout=2h', 'echo "looking"; test -e ../../../../go'), block('name=after effect=read', 'echo after'));
  const left = await call('run', 'part.md', '--yes', '--detach-on-gate');
  expect(left.code, left.stderr).toBe(3);
  expect(left.stderr).toMatch(/Go on with: runbook resume \S+ --yes --detach-on-gate/);
  const again = await call('resume', '--detach-on-gate');
  expect(again.code, again.stderr).toBe(3);
  const runs = join(bench.desk.folder, '.runbook/runs');
  const journal = readFileSync(join(runs, readdirSync(runs)[0] ?? '', 'journal.jsonl'), 'utf8');
  const deadlines = [...journal.matchAll(/"deadline":(\d+)/g)].map((match) => match[1]);
  expect(deadlines).toHaveLength(2);
  expect(new Set(deadlines).size).toBe(1);
  writeFileSync(join(bench.desk.folder, 'go'), '');
  const met = await call('resume', '--json');
  expect(met.code, met.stderr).toBe(0);
  expect(states(met)).toEqual({ gate: 'passed', after: 'passed' });
});

test.each([['--rehearse'], ['--dry-run']])('leaving gates is refused with %s', async (mode) => {
  write(block('name=gate effect=read poll=1h timeout=2h', 'true'));
  const refused = await call('run', 'part.md', mode, '--detach-on-gate');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--detach-on-gate belongs to a live run');
});

test('a document that requires another version is not run', async () => {
  writeFileSync(join(bench.desk.folder, 'part.md'), `---\nrequires: runbook >= 99\n---\n# Part\n\n${block('name=one effect=read', 'echo one')}`);
  for (const mode of ['--yes', '--dry-run', '--rehearse']) {
    const refused = await call('run', 'part.md', mode);
    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stderr).toContain('the document requires runbook >= 99, and this is');
  }
});

test('--notify starts a program when a gate opens and is met, when a person is needed, and at the end; one that fails changes nothing', async () => {
  const { folder } = bench.desk;
  const program = join(folder, 'tell');
  writeFileSync(program, `#!/bin/sh\necho "$RUNBOOK_OCCASION $RUNBOOK_STEP" >> '${folder}/told'\ncat >> '${folder}/json'\nexit 5\n`, { mode: 0o755 });
  write(block('name=gate effect=read poll=1s timeout=1h', `test -e '${folder}/go' || { touch '${folder}/go'; echo "not yet"; exit 1; }`), '- [ ] Go <!-- {name=person} -->\n');
  const waiting = await call('run', 'part.md', '--yes', '--notify', program);
  expect(waiting.code, waiting.stderr).toBe(3);
  expect(readFileSync(join(folder, 'told'), 'utf8').trim().split('\n').sort()).toEqual(['gate-met gate', 'gate-opened gate', 'person-needed person', 'run-ended']);
  const notices = readFileSync(join(folder, 'json'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { occasion: string; message: string });
  expect(notices.find(({ occasion }) => occasion === 'gate-opened')?.message).toContain('not yet');
  expect(waiting.stderr).toContain(`--notify ${program}: ended with 5`);
  const absent = await call('run', 'part.md', '--yes', '--notify', join(folder, 'nothing'));
  expect(absent.code).toBe(3);
  expect(absent.stderr).toContain('ENOENT');
  expect((await call('run', 'part.md', '--rehearse', '--notify', program)).code).toBe(2);
});
