// A run that goes from one desk to another, and an approval that comes back as a file.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { callRunbook, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();

const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;
const call = (folder: string, ...args: string[]): Promise<Finished> => callRunbook(args, { cwd: folder, env: { TOKEN: 'hunter2hunter2' } });
const runIn = (folder: string): string => readdirSync(join(folder, '.runbook/runs'))[0] ?? '';
const statesOf = ({ stdout }: Finished): Record<string, string> => Object.fromEntries((JSON.parse(stdout) as { steps: { id: string; state: string }[] }).steps.map(({ id, state }) => [id, state]));

/** Another desk, removed after the test. */
function otherDesk(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-other-'));
  bench.closeLater(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const effectsFile = (): string => join(bench.desk.folder, 'effects');
const effects = (): string[] => (existsSync(effectsFile()) ? readFileSync(effectsFile(), 'utf8').trim().split('\n') : []);

/** A run that has written once, kept a variable and a file, and waits for a person. Its id and the file it was handed over in. */
async function handedOver(): Promise<{ id: string; file: string }> {
  const { folder } = bench.desk;
  writeFileSync(
    join(folder, 'doc.md'),
    `---\ninputs:\n  token: { type: secret, env: TOKEN }\n---\n# Doc\n\n${block('name=one effect=write', `kept="two words"; echo "$token" | wc -c; echo one >> '${effectsFile()}'; echo data > file`)}- [ ] Go ahead <!-- {name=go} -->\n\n${block('name=two effect=write', `echo "two $kept $(cat file)" >> '${effectsFile()}'`)}`,
  );
  const waiting = await call(folder, 'run', 'doc.md', '--yes');
  expect(waiting.code, waiting.stderr).toBe(3);
  const exported = await call(folder, 'export', runIn(folder));
  expect(exported.code, exported.stderr).toBe(0);
  const file = join(folder, 'run.jsonl');
  writeFileSync(file, exported.stdout);
  return { id: runIn(folder), file };
}

test('it goes on there with all it had, nothing is done twice, and it does not go on here', async () => {
  const { id, file } = await handedOver();
  const here = bench.desk.folder;
  const there = otherDesk();
  expect(readFileSync(file, 'utf8')).not.toContain('hunter2');
  const taken = await call(there, 'import', file);
  expect(taken.code, taken.stderr).toBe(0);
  expect((await call(there, 'approve', id, 'go')).code).toBe(0);
  const resumed = await call(there, 'resume', id, '--json');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(statesOf(resumed)).toEqual({ one: 'passed', go: 'passed', two: 'passed' });
  expect(effects()).toEqual(['one', 'two two words data']);
  const refused = await call(here, 'resume', id);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain('was handed over and goes on elsewhere');
  expect((await call(here, 'approve', id, 'go')).code).toBe(3);
});

test('a copy that is lost: somebody says so, and the run goes on here', async () => {
  const { id } = await handedOver();
  const { folder } = bench.desk;
  const taken = await call(folder, 'resume', id, '--take-over');
  expect(taken.code, taken.stderr).toBe(3);
  expect((await call(folder, 'approve', id, 'go')).code).toBe(0);
  expect((await call(folder, 'resume', id)).code).toBe(0);
  expect(effects()).toEqual(['one', 'two two words data']);
});

test('it can come back, but not over a run that has gone on by itself', async () => {
  const { id, file } = await handedOver();
  const here = bench.desk.folder;
  const there = otherDesk();
  await call(there, 'import', file);
  const back = await call(there, 'export', id);
  writeFileSync(file, back.stdout);
  expect((await call(here, 'import', file)).code).toBe(0);
  expect((await call(here, 'approve', id, 'go')).code).toBe(0);
  expect((await call(here, 'resume', id)).code).toBe(0);
  const again = await call(here, 'import', file);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('is here already, and has gone on');
  expect(effects()).toHaveLength(2);
});

test('the file that it was handed over in does not make it go on here as well', async () => {
  const { id, file } = await handedOver();
  const here = bench.desk.folder;
  const there = otherDesk();
  expect((await call(there, 'import', file)).code).toBe(0);
  const refused = await call(here, 'import', file);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(`was handed over from here in this very file, and goes on where that was taken in. Should that copy be lost, and only then: runbook resume ${id} --take-over`)]);
  expect((await call(here, 'resume', id)).code).toBe(3);
});

test.each([
  ['a folder', '.', /^\.: it is a folder\. Give the file that runbook export has written\.$/m],
  ['a file that is not there', 'nowhere', /^nowhere: there is no such file\.$/m],
])('%s is no run', async (_what, path, message) => {
  const refused = await call(bench.desk.folder, 'import', path);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(message)]);
});

test('a link in the work folder is not handed over, and the run goes on here', async () => {
  const { folder } = bench.desk;
  writeFileSync(join(folder, 'doc.md'), `# Doc\n\n${block('name=one effect=local', 'true')}- [ ] Go <!-- {name=go} -->\n`);
  await call(folder, 'run', 'doc.md', '--yes');
  const id = runIn(folder);
  symlinkSync('/etc/passwd', join(folder, '.runbook/runs', id, 'work/link'));
  const refused = await call(folder, 'export', id);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('work/link of the run is neither a file nor a folder');
  await call(folder, 'approve', id, 'go');
  expect((await call(folder, 'resume', id)).code).toBe(0);
});

interface Approval {
  readonly by?: object;
  readonly [key: string]: unknown;
}

/** Another approval in the file, with the digest that fits. */
function rewrite(file: string, change: (approval: Approval) => Approval): void {
  const { run, step, hash, decision, by, evidence, at, ...rest } = change(JSON.parse(readFileSync(file, 'utf8')) as Approval);
  const sha256 = createHash('sha256').update(JSON.stringify([run, step, hash ?? null, decision, by, evidence ?? null, at])).digest('hex');
  writeFileSync(file, JSON.stringify({ ...rest, run, step, hash, decision, by, evidence, at, sha256 }));
}

describe('an approval as a file', () => {
  test('counts as what it is: somebody not verified, for the step as it reads', async () => {
    const { folder } = bench.desk;
    writeFileSync(join(folder, 'doc.md'), `# Doc\n\n- [ ] Go <!-- {name=go} -->\n- [ ] Both go <!-- {name=both approvers=2} -->\n`);
    await call(folder, 'run', 'doc.md', '--yes');
    const id = runIn(folder);
    const there = otherDesk();
    for (const step of ['go', 'both']) expect((await call(there, 'approve', id, step, '--evidence', 'minutes', '--out', join(there, step))).code).toBe(0);
    expect((await call(there, 'approve', id, 'go', '--out', join(there, 'go'))).stderr).toContain('it is there already');
    for (const step of ['go', 'both']) {
      rewrite(join(there, step), (approval) => ({ ...approval, by: { ...approval.by, user: { uid: 4711, name: 'carol', host: 'elsewhere' } } }));
      expect((await call(folder, 'import', join(there, step))).code).toBe(0);
    }
    const resumed = await call(folder, 'resume', id, '--json');
    expect(resumed.code, 'two verified people are wanted, and a file verifies nobody').toBe(3);
    expect(statesOf(resumed)).toEqual({ go: 'passed', both: 'waiting' });
    const by = { verified: 'none', claims: expect.arrayContaining([expect.stringMatching(/^user of elsewhere, as the file says/)]) };
    expect(JSON.parse(resumed.stdout)).toMatchObject({ approvals: [{ step: 'go', by, evidence: 'minutes' }, { step: 'both', by, uncounted: 'nobody vouches for the name' }] });
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['another run', { run: 'nothing' }, /there is no run nothing/],
    ['another step', { step: 'gone' }, /has no manual step gone/],
    ['a step that reads otherwise now', { hash: 'other' }, /says something else now/],
    ['a newer format', { format: 2 }, /has format 2/],
    ['half of it', { by: undefined }, /is not whole/],
  ])('is refused for %s', async (_, difference, why) => {
    const { folder } = bench.desk;
    writeFileSync(join(folder, 'doc.md'), '# Doc\n\n- [ ] Go <!-- {name=go} -->\n');
    await call(folder, 'run', 'doc.md', '--yes');
    mkdirSync(join(folder, 'in'));
    await call(folder, 'approve', runIn(folder), 'go', '--out', join(folder, 'in/a'));
    rewrite(join(folder, 'in/a'), (approval) => ({ ...approval, ...difference }));
    const refused = await call(folder, 'import', join(folder, 'in/a'));
    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stderr).toMatch(why);
  });
});
