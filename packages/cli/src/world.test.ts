// `runbook world`, a live run's first moments, and runs that wait: the command as a child process.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { callRunbook, setUpBench, type Finished } from './command-harness.ts';

const bench = setUpBench();
beforeEach(() => {
  execFileSync('git', ['init', '--quiet', bench.desk.folder]);
  const { folder } = bench.desk;
  bench.closeLater(async () => void (await callRunbook(['world', 'down'], { cwd: folder })));
});

/** The variables that `world up` prints, as a shell would take them. */
function exported(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^export (\w+)='(.*)'$/gm)].map((found) => [found[1] ?? '', found[2] ?? '']));
}

describe('world up', () => {
  test('prints what leads into it; a dry run there reads and writes nothing; the ledger tells; down removes it', async () => {
    const up = await callRunbook(['world', 'up'], { cwd: bench.desk.folder });
    expect(up.code, up.stderr).toBe(0);
    const env = exported(up.stdout);
    expect(env['RUNBOOK_WORLD']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const again = await callRunbook(['world', 'up'], { cwd: bench.desk.folder });
    expect(exported(again.stdout)).toEqual(env);

    const dry = await callRunbook(['run', 'runbooks/release.md', '--dry-run'], { cwd: bench.desk.folder, env });
    expect(dry.code, dry.stderr).toBe(0);
    expect(dry.stderr).toMatch(/withheld/);

    const ledger = await callRunbook(['world', 'ledger', '--json'], { cwd: bench.desk.folder });
    const { entries } = JSON.parse(ledger.stdout) as { readonly entries: readonly { readonly write: boolean; readonly service: string; readonly step?: string }[] };
    expect(entries.length).toBeGreaterThan(10);
    expect(entries.filter((entry) => entry.write)).toEqual([]);
    expect(entries.some((entry) => entry.service === 'github' && entry.step === 'credentials')).toBe(true);
    expect((await callRunbook(['world', 'ledger'], { cwd: bench.desk.folder })).stdout).toMatch(/read .* 200 .* \(credentials\)/);

    const down = await callRunbook(['world', 'down'], { cwd: bench.desk.folder });
    expect(down.code, down.stderr).toBe(0);
    expect(existsSync(join(bench.desk.folder, '.runbook/world'))).toBe(false);
    await expect(fetch(`${env['RUNBOOK_WORLD']}/_world/info`)).rejects.toThrow('fetch failed');
  });

  test('its time passes by itself at a pace, so that robots do their work while nobody waits', async () => {
    const { folder } = bench.desk;
    expect((await callRunbook(['world', 'up', '--pace', 'fast'], { cwd: folder })).stderr).toContain('--pace fast: expected 0, real, or a factor such as 10x.');
    const up = await callRunbook(['world', 'up', '--pace', '36000x'], { cwd: folder });
    const address = exported(up.stdout)['RUNBOOK_WORLD'] ?? up.stderr;
    const now = async (): Promise<number> => ((await (await fetch(`${address}/_world/info`)).json()) as { readonly now: number }).now;
    const begun = await now();
    await vi.waitUntil(async () => (await now()) > begun + 3_600_000, { timeout: 20_000, interval: 100 });
    const refused = await callRunbook(['world', 'up', '--pace', '0'], { cwd: folder });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('its seed, faults and pace are set')]);
    expect((await callRunbook(['world', 'reset'], { cwd: folder })).code).toBe(0);
    const again = await now();
    await vi.waitUntil(async () => (await now()) > again, { timeout: 20_000, interval: 100 });
  });

  test('a run in it takes fetch and node:https of a block there too, as it takes the clients', async () => {
    const { folder } = bench.desk;
    const env = exported((await callRunbook(['world', 'up'], { cwd: folder })).stdout);
    const block = (name: string, effect: string, code: string): string => `\`\`\`ts {name=${name} effect=${effect}}\n${code}\n\`\`\`\n`;
    const raw = 'https://raw.githubusercontent.com/kubernetes-sigs/apisnoop/main/README.md';
    writeFileSync(join(folder, 'ask.md'), [
      block('by-fetch', 'read', `const answer = await fetch('${raw}'); console.log('fetch', answer.status, answer.url)`),
      block('by-node', 'read', `import https from 'node:https'; console.log('node', await new Promise((resolve, reject) => https.get('${raw}', (answer) => resolve(answer.statusCode)).on('error', reject)))`),
      block('by-post', 'write', `const answer = await fetch('https://api.github.com/graphql', { method: 'POST', body: '{}' }); console.log('post', answer.status)`),
    ].join('\n'));
    const ran = await callRunbook(['run', 'ask.md', '--yes'], { cwd: folder, env });
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain(`fetch 200 ${raw}`);
    expect(ran.stderr).toContain('node 200');
    expect(ran.stderr).toContain('post 501');
    const dry = await callRunbook(['run', 'ask.md', '--dry-run'], { cwd: folder, env });
    expect(dry.stderr).toContain('withheld: POST https://api.github.com/graphql');
  });

  test('its faults, comments on its pull requests, its ledger as it grows, and a new beginning at the same address', async () => {
    const { folder } = bench.desk;
    const world = (...args: string[]): Promise<Finished> => callRunbook(['world', ...args], { cwd: folder });
    const faults = JSON.parse((await world('faults', '--json')).stdout) as { faults: { name: string; lesson: string }[] };
    expect(faults.faults.map(({ name }) => name)).toContain('lost-digest');
    expect((await world('faults')).stdout).toMatch(/^lost-digest\n {4}\S.*\.$/m);
    expect((await world('comment', 'kubernetes/k8s.io#1', '/lgtm')).stderr).toContain('no world is up here');

    const env = exported((await world('up')).stdout);
    expect([(await world('comment', 'k8s.io', '/lgtm')).stderr, (await world('comment', 'kubernetes/k8s.io#7', '/lgtm')).stderr]).toEqual([expect.stringContaining('expected a pull request as OWNER/REPO#NUMBER'), expect.stringContaining('the world has no pull request kubernetes/k8s.io#7')]);
    const api = `${env['RUNBOOK_WORLD']}/api.github.com/repos/kubernetes/k8s.io`;
    const headers = { authorization: `Bearer ${env['GITHUB_TOKEN']}`, 'content-type': 'application/json' };
    const main = (await (await fetch(`${api}/git/ref/heads/main`, { headers })).json()) as { object: { sha: string } };
    const fork = (await (await fetch(`${api}/forks`, { method: 'POST', headers, body: '{}' })).json()) as { full_name: string; owner: { login: string } };
    const own = `${env['RUNBOOK_WORLD']}/api.github.com/repos/${fork.full_name}`;
    await fetch(`${own}/git/refs`, { method: 'POST', headers, body: JSON.stringify({ ref: 'refs/heads/side', sha: main.object.sha }) });
    await fetch(`${own}/contents/new.txt`, { method: 'PUT', headers, body: JSON.stringify({ branch: 'side', message: 'New', content: 'bmV3Cg==' }) });
    const pull = (await (await fetch(`${api}/pulls`, { method: 'POST', headers, body: JSON.stringify({ title: 'New', head: `${fork.owner.login}:side`, base: 'main' }) })).json()) as { number: number };
    expect((await world('comment', `kubernetes/k8s.io#${pull.number}`, 'looks fine', '--as', 'alice')).code).toBe(0);
    const comments = (await (await fetch(`${api}/issues/${pull.number}/comments`, { headers })).json()) as { user: { login: string }; body: string }[];
    expect(comments.map(({ user, body }) => [user.login, body])).toContainEqual(['alice', 'looks fine']);

    const followed = await callRunbook(['world', 'ledger', '-f', '--json'], {
      cwd: folder,
      onChild: (child) => child.stdout?.on('data', (text: string) => {
        if (text.includes('later.txt')) child.kill('SIGINT');
        else void fetch(`${env['RUNBOOK_WORLD']}/raw.githubusercontent.com/kubernetes/k8s.io/main/later.txt`);
      }),
    });
    expect(followed.stdout.trim().split('\n').map((line) => (JSON.parse(line) as { path: string }).path)).toContainEqual(expect.stringContaining('later.txt'));

    const reset = await world('reset');
    expect(reset.code, reset.stderr).toBe(0);
    expect(exported(reset.stdout)['RUNBOOK_WORLD']).toBe(env['RUNBOOK_WORLD']);
    expect((await fetch(`${api}/pulls/${pull.number}`, { headers })).status).toBe(404);
    expect((JSON.parse((await world('ledger', '--json')).stdout) as { entries: unknown[] }).entries).toHaveLength(1);
  });

  test('a seed that is not fit is refused with its place, and nothing is left running', async () => {
    writeFileSync(join(bench.desk.folder, 'world.yaml'), 'pace: { trigger: soon }\n');
    const up = await callRunbook(['world', 'up', '--seed', bench.desk.folder], { cwd: bench.desk.folder });
    expect(up.code).toBe(2);
    expect(up.stderr).toMatch(/world\.yaml:1:\d+ {2}seed-/);
    expect((await callRunbook(['world', 'ledger'], { cwd: bench.desk.folder })).code).toBe(2);
  });

  test('RUNBOOK_WORLD must be on this machine', async () => {
    const done = await callRunbook(['run', 'runbooks/verify.md', '--dry-run'], { cwd: bench.desk.folder, env: { RUNBOOK_WORLD: 'http://example.com:80' } });
    expect(done.code).toBe(2);
    expect(done.stderr).toMatch(/lives on this machine only/);
  });
});

describe('a live run without a terminal', () => {
  const document = '```bash {name=w effect=write}\necho done >> "$PWD/trace"\n```\n\n- [ ] Look at it. <!-- {name=look} -->\n\n```bash {name=after effect=read}\necho after\n```\n';

  test('shows its plan and does nothing without a yes', async () => {
    writeFileSync(join(bench.desk.folder, 'doc.md'), document);
    const done = await callRunbook(['run', 'doc.md'], { cwd: bench.desk.folder });
    expect(done.code).toBe(3);
    expect(done.stderr).toContain('echo done >> "$PWD/trace"');
    expect(done.stderr).toMatch(/nobody is here to confirm/);
    expect(existsSync(join(bench.desk.folder, '.runbook/runs')) ? readdirSync(join(bench.desk.folder, '.runbook/runs')) : []).toEqual([]);
  });

  test('waits for a person with 3 and the command to type; approve and resume end it', async () => {
    writeFileSync(join(bench.desk.folder, 'doc.md'), document);
    const waiting = await callRunbook(['run', 'doc.md', '--yes'], { cwd: bench.desk.folder });
    expect(waiting.code, waiting.stderr).toBe(3);
    const [, run = ''] = /runbook approve (\S+) look/.exec(waiting.stderr) ?? [];
    const wrong = await callRunbook(['approve', run, 'w'], { cwd: bench.desk.folder });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('its manual steps are: look')]);
    const approved = await callRunbook(['approve', run, 'look', '--evidence', 'https://example.com/seen'], { cwd: bench.desk.folder });
    expect(approved.code, approved.stderr).toBe(0);
    const done = await callRunbook(['resume', run, '--json'], { cwd: bench.desk.folder });
    expect(done.code, done.stderr).toBe(0);
    const report = JSON.parse(done.stdout) as { readonly state: string; readonly steps: readonly { readonly id: string; readonly state: string; readonly evidence?: string; readonly attempts: number }[] };
    expect(report.state).toBe('passed');
    expect(report.steps.map((step) => [step.id, step.state, step.attempts, step.evidence])).toEqual([
      ['w', 'passed', 1, undefined],
      ['look', 'passed', expect.any(Number), 'https://example.com/seen'],
      ['after', 'passed', 1, undefined],
    ]);
    const runs = await callRunbook(['runs', '--json'], { cwd: bench.desk.folder });
    expect(JSON.parse(runs.stdout)).toMatchObject({ runs: [{ run, state: 'passed', mode: 'live' }] });
    expect((await callRunbook(['logs', run, 'after'], { cwd: bench.desk.folder })).stdout).toBe('after\n');
    expect((await callRunbook(['report', run], { cwd: bench.desk.folder })).stdout).toContain('| ');
  });

  test('a release that is under way is not begun a second time', async () => {
    writeFileSync(join(bench.desk.folder, 'doc.md'), `---\nlock: "{v}"\ninputs: { v: { type: string } }\n---\n${document}`);
    const first = await callRunbook(['run', 'doc.md', '--yes', '--input', 'v=1'], { cwd: bench.desk.folder });
    expect(first.code, first.stderr).toBe(3);
    const second = await callRunbook(['run', 'doc.md', '--yes', '--input', 'v=1'], { cwd: bench.desk.folder });
    expect([second.code, second.stderr]).toEqual([3, expect.stringMatching(/1 is being released by run \S+\. Go on with runbook resume/)]);
    expect((await callRunbook(['run', 'doc.md', '--yes', '--input', 'v=2'], { cwd: bench.desk.folder })).code).toBe(3);
  });

  test('Ctrl-C ends it cleanly: children stopped, journal closed, what to type to go on', async () => {
    writeFileSync(join(bench.desk.folder, 'doc.md'), '```bash {name=long effect=read}\necho $$ > "$PWD/pid"; sleep 600 & echo started; wait\n```\n');
    let isStopped = false;
    const done = await callRunbook(['run', 'doc.md', '--yes'], {
      cwd: bench.desk.folder,
      onChild: (child) =>
        child.stderr?.on('data', (text: Buffer) => {
          if (isStopped || !String(text).includes('started')) return;
          isStopped = child.kill('SIGINT');
        }),
    });
    expect(done.code, done.stderr).toBe(130);
    expect(done.stderr).toMatch(/Go on with: runbook resume/);
    const sleeping = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n').filter((line) => line.trim() === 'sleep 600');
    expect(sleeping).toEqual([]);
    expect((await callRunbook(['runs', '--json'], { cwd: bench.desk.folder })).stdout).toContain('"interrupted"');
  });
});
