// Manual steps as people meet them: several approvers, how they are known, and what does not make somebody a second person.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { callRunbook, launcher, setUpBench, type Finished } from './command-harness.ts';
import { servePages } from './page-server.ts';

const bench = setUpBench();
const document = '# Doc\n\n```bash {name=look effect=read}\ntrue\n```\n\n- [ ] Go ahead <!-- {name=go approvers=2} -->\n- [ ] Tell them <!-- {name=tell} -->\n';
const me = userInfo().username;

interface Told {
  readonly state: string;
  readonly approvals: readonly { readonly step: string; readonly by: { readonly name: string; readonly verified: string; readonly claims?: readonly string[] }; readonly uncounted?: string; readonly evidence?: string }[];
  readonly steps: readonly { readonly id: string; readonly state: string; readonly by?: string; readonly reason?: string }[];
}

let forge: Record<string, string> = {};
beforeEach(async () => {
  const pages = await servePages();
  bench.closeLater(() => pages.close());
  const logins: Readonly<Record<string, string>> = { 'token-of-anna-k': 'anna-k', 'token-of-bert-l': 'bert-l', 'token-of-a-robot': 'robot[bot]' };
  pages.serve('user', ({ authorization = '' }) => JSON.stringify({ login: logins[authorization.replace(/^\w+ /, '')] ?? 'nobody' }), { type: 'application/json' });
  forge = { GITHUB_API_URL: pages.url };
});

const call = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> => callRunbook(args, { cwd: bench.desk.folder, env: { ...forge, ...env } });
const runId = (): string => readdirSync(join(bench.desk.folder, '.runbook/runs'))[0] ?? '';
const approve = (env: Readonly<Record<string, string>> = {}, ...more: string[]): Promise<Finished> => call(['approve', runId(), 'go', ...more], env);

async function begin(): Promise<Finished> {
  writeFileSync(join(bench.desk.folder, 'doc.md'), document);
  return call(['run', 'doc.md', '--yes']);
}

async function resumed(): Promise<Told> {
  return JSON.parse((await call(['resume', runId(), '--json'])).stdout) as Told;
}

test('without a terminal the run ends with 3, tells the command to type, and --yes ticks nothing', async () => {
  const waiting = await begin();
  expect(waiting.code).toBe(3);
  expect(waiting.stderr).toContain('waits for 2 people (0 of 2 have approved)');
  expect(waiting.stderr).toContain(`runbook approve ${runId()} go`);
  expect((await resumed()).approvals).toEqual([]);
});

test('two logins that the forge answers for are two people; the record says who and how', async () => {
  await begin();
  const first = await approve({ GITHUB_TOKEN: 'token-of-anna-k' }, '--evidence', 'https://example.org/minutes');
  expect(first.stderr).toContain('go ticked by anna-k (verified: forge). 1 of 2 people have approved; the others type: runbook approve');
  expect((await approve({ GH_TOKEN: 'token-of-bert-l' })).stderr).toContain('All 2 people have approved. Go on with: runbook resume');
  const told = await resumed();
  expect(told.steps[1]).toMatchObject({ state: 'passed', by: 'anna-k, bert-l', evidence: 'https://example.org/minutes' });
  expect(told.approvals).toMatchObject([{ by: { name: 'anna-k', verified: 'forge', forge: forge['GITHUB_API_URL'] } }, { by: { name: 'bert-l' } }]);
  expect((await approve()).stderr).toContain('go is ticked already.');
});

test('no name in the environment, and no second word, makes a second person', async () => {
  await begin();
  const tries: readonly (readonly [Record<string, string>, { name: string; verified: string }, string])[] = [
    [{}, { name: me, verified: 'os' }, ''],
    [{ GITHUB_TOKEN: 'token-of-anna-k' }, { name: 'anna-k', verified: 'forge' }, ''],
    [{ USER: 'bert', LOGNAME: 'bert', GITHUB_USER: 'bert', GITHUB_ACTOR: 'bert', SUDO_USER: 'bert' }, { name: me, verified: 'os' }, 'GITHUB_ACTOR: bert'],
    [{ GIT_AUTHOR_NAME: 'Bert', GIT_COMMITTER_EMAIL: 'bert@example.org' }, { name: me, verified: 'os' }, 'GIT_AUTHOR_NAME: Bert'],
    [{ GITHUB_TOKEN: 'token-of-a-robot' }, { name: me, verified: 'os' }, "GITHUB_TOKEN: it is robot[bot]'s, which is no person"],
  ];
  for (const [env] of tries) await approve(env);
  const told = await resumed();
  expect([told.state, told.steps[1]?.state]).toEqual(['waiting', 'waiting']);
  expect(told.steps[1]?.reason).toContain('waits for a person (1 of 2 have approved)');
  for (const [index, [, by, claim]] of tries.entries()) {
    expect(told.approvals[index]?.by).toMatchObject(by);
    expect((told.approvals[index]?.by.claims ?? []).join('\n')).toContain(claim);
  }
});

test('a forge of the own choice is not believed', async () => {
  await begin();
  const other = await servePages();
  bench.closeLater(() => other.close());
  other.serve('user', '{"login":"bert-l"}', { type: 'application/json' });
  await approve({ GITHUB_TOKEN: 'token-of-anna-k' });
  const forged = await approve({ GITHUB_API_URL: other.url, GITHUB_TOKEN: 'token-of-bert-l' });
  expect(forged.stderr).toContain(`It does not count: ${other.url} answered for the login, and this run goes by ${forge['GITHUB_API_URL'] ?? ''}`);
  expect((await resumed()).steps[1]?.state).toBe('waiting');
});

test("git's configuration is a claim", async () => {
  writeFileSync(join(bench.desk.folder, '.gitconfig'), '[user]\n\tname = Bert\n\temail = bert@example.org\n');
  await begin();
  await approve();
  expect((await resumed()).approvals[0]?.by.claims).toEqual(expect.arrayContaining(['git config user.name: Bert', 'git config user.email: bert@example.org']));
});

test('a step that the run has not come to is approved early; one that is none is told with the right one', async () => {
  await begin();
  expect((await call(['approve', runId(), 'tell'])).code).toBe(0);
  const wrong = await call(['approve', runId(), 'tel']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('did you mean tell?')]);
  await approve({ GITHUB_TOKEN: 'token-of-anna-k' });
  await approve({ GITHUB_TOKEN: 'token-of-bert-l' });
  expect(await resumed()).toMatchObject({ state: 'passed', steps: [{}, { state: 'passed' }, { id: 'tell', state: 'passed', by: me }] });
  expect(readdirSync(join(bench.desk.folder, '.runbook/runs', runId(), 'signals')), 'what stands in the journal lies nowhere else').toEqual([]);
});

test('a refusal ends the run with its reason, and stands until the same person approves', async () => {
  await begin();
  expect((await approve({}, '--decline', 'the build is red')).stderr).toContain(`go declined by ${me}`);
  const declined = await resumed();
  expect([declined.state, declined.steps[1]]).toMatchObject(['waiting', { state: 'declined', reason: 'the build is red', by: me }]);
  await approve({ GITHUB_TOKEN: 'token-of-anna-k' });
  expect((await resumed()).steps[1]?.state).toBe('waiting');
});

test('an approval of another text of the step does not count', async () => {
  await begin();
  await approve({ GITHUB_TOKEN: 'token-of-anna-k' });
  await approve({ GITHUB_TOKEN: 'token-of-bert-l' });
  writeFileSync(join(bench.desk.folder, 'doc.md'), document.replace('Go ahead', 'Go ahead with everything'));
  const told = await resumed();
  expect(told.steps[1]?.state).toBe('waiting');
  expect(told.approvals.map((approval) => approval.uncounted)).toEqual(['it was said of another text of this step', 'it was said of another text of this step']);
});

test('a secret in the evidence is recorded nowhere', async () => {
  await begin();
  await approve({ GITHUB_TOKEN: 'token-of-anna-k' }, '--evidence', 'seen with token-of-anna-k and ghp_0123456789abcdefghij');
  const box = join(bench.desk.folder, '.runbook/runs', runId(), 'signals');
  expect(readFileSync(join(box, readdirSync(box)[0] ?? ''), 'utf8')).toContain('seen with *** and ***');
  expect((await resumed()).approvals[0]?.evidence).toBe('seen with *** and ***');
});

test("in a rehearsal the world's people tick, as many as the step asks for", async () => {
  writeFileSync(join(bench.desk.folder, 'doc.md'), document);
  const done = await call(['run', 'doc.md', '--rehearse', '--yes', '--json']);
  expect(done.code, done.stderr).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject({ state: 'rehearsed', world: expect.stringContaining('ticked by the people of the world'), steps: [{}, { by: 'rehearsal:alice, rehearsal:bob' }, { by: 'rehearsal:alice' }] });
});

describe.skipIf(process.getuid?.() !== 0)('another user of the machine (skipped unless root, who alone can be two)', () => {
  test('is a second person by a file of their own, and not by a file that others may write to', async () => {
    await begin();
    const place = mkdtempSync(join(tmpdir(), 'runbook-other-user-'));
    bench.closeLater(() => rmSync(place, { recursive: true, force: true }));
    chmodSync(place, 0o755);
    chownSync(place, 4711, 4711);
    const file = join(place, 'approval.json');
    const other = spawnSync(process.execPath, [launcher, 'approve', runId(), 'go', '--out', file], { cwd: place, uid: 4711, gid: 4711, encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', HOME: place, USER: 'root' } });
    expect(other.status, other.stderr).toBe(0);
    await approve();
    chmodSync(file, 0o666);
    expect((await call(['import', file])).stderr).toContain('not verified');
    expect((await resumed()).steps[1]?.state).toBe('waiting');
    chmodSync(file, 0o600);
    expect((await call(['import', file])).stderr).toContain('go: approved by uid 4711 (verified: os');
    expect((await resumed()).steps[1]).toMatchObject({ state: 'passed', by: `${me}, uid 4711` });
    expect(existsSync(file)).toBe(true);
  });
});
