// A report on an issue: shown first, sent only with a yes, one comment a run, and nobody else's comment touched. The rehearsal
// world's GitHub takes it; a small forge of its own plays what that world has not: other people, and tokens of apps.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { World } from '@runbook/rehearsal';
import { callRunbook, inside, launcher, setUpBench, type Finished } from './command-harness.ts';
import { githubJson } from './foreign-eyes.ts';
import { canOpenTerminals, openTerminal } from './terminal.ts';

const bench = setUpBench();

const repo = 'kubernetes/k8s.io';
const write = (code: string): void => writeFileSync(join(bench.desk.folder, 'doc.md'), `# Doc for @alice\n\n\`\`\`bash {name=look effect=read}\n${code}\n\`\`\`\n\n- [ ] Tell them. <!-- {name=tell} -->\n`);
const call = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> => callRunbook(args, { cwd: bench.desk.folder, env });
const runId = (): string => readdirSync(join(bench.desk.folder, '.runbook/runs'))[0] ?? '';
const mark = (): string => `<!-- runbook report of ${runId()} -->\n`;

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly login: string };
}

/** A waiting run, and an issue in a world. */
async function stage(): Promise<{ readonly world: World; readonly env: Record<string, string>; comments(): Promise<readonly Comment[]>; writes(): string[] }> {
  write('echo looked');
  await call(['run', 'doc.md', '--yes']);
  const world = await bench.world();
  const made = await fetch(`${world.url}/api.github.com/repos/${repo}/issues`, { method: 'POST', headers: { authorization: `Bearer ${world.env['GITHUB_TOKEN'] ?? ''}` }, body: JSON.stringify({ title: 'Release' }) });
  expect(made.status).toBe(201);
  return {
    world,
    env: inside(world),
    comments: async () => (await githubJson(world, `/repos/${repo}/issues/1/comments`)) as readonly Comment[],
    writes: () => world.ledger().flatMap(({ write: isWrite, method, path, status }) => (isWrite && path !== `/repos/${repo}/issues` ? [`${method} ${path} ${status}`] : [])),
  };
}

describe('in the rehearsal world', () => {
  test('without a yes it is shown and not sent; with one there is one comment, brought up to date and left alone when it says it all', async () => {
    const { env, comments, writes } = await stage();
    const asked = await call(['report', '--comment', `${repo}#1`], env);
    expect([asked.code, asked.stdout]).toEqual([3, '']);
    expect(asked.stderr).toMatch(/# Doc for @<!-- -->alice[^]*This goes to GitHub of the rehearsal world, [^]* as a new comment on kubernetes\/k8s\.io#1 \(\d+ characters\)\.\nNobody is here to confirm it\./);
    expect(writes()).toEqual([]);
    const made = await call(['report', '--comment', `${repo}#1`, '--yes'], env);
    expect([made.code, made.stdout]).toEqual([0, `https://github.com/${repo}/issues/1#issuecomment-1\n`]);
    expect((await comments())[0]?.body).toMatch(/^<!-- runbook report of \S+ -->\n# Doc for @<!-- -->alice\n\nThe run is waiting at tell/);
    const again = await call(['report', '--comment', `https://github.com/${repo}/issues/1`, '--yes', '--json'], env);
    expect([JSON.parse(again.stdout), again.stderr]).toEqual([{ comment: { id: 1, url: `https://github.com/${repo}/issues/1#issuecomment-1`, did: 'unchanged' } }, 'The comment says this already.\n']);
    await call(['approve', runId(), 'tell']);
    await call(['resume', runId(), '--yes']);
    const after = await call(['report', runId(), '--comment', `${repo}#1`, '--yes'], env);
    expect(after.stderr).toContain('in place of https://github.com/');
    expect((await comments()).map(({ id, body }) => [id, body.startsWith(mark()), body.includes('The run passed.')])).toEqual([[1, true, true]]);
    expect(writes()).toEqual([`POST /repos/${repo}/issues/1/comments 201`, `PATCH /repos/${repo}/issues/comments/1 200`]);
  });

  test('a long report is cut to what GitHub takes, and says so', async () => {
    const { env, comments } = await stage();
    write(`export long="$(printf 'é%.0s' {1..70000})"`);
    await call(['run', 'doc.md', '--yes']);
    const made = await call(['report', '--comment', `${repo}#1`, '--yes'], env);
    expect(made.code, made.stderr).toBe(0);
    const [comment] = await comments();
    expect(comment?.body.length).toBeLessThanOrEqual(65_536);
    expect(comment?.body).toContain('*Left out for want of room: Outputs. The whole record:');
  });

  test('a thread that is not there is told as what it is', async () => {
    const { env } = await stage();
    const absent = await call(['report', '--comment', `${repo}#77`, '--yes'], env);
    expect([absent.code, absent.stdout, absent.stderr]).toEqual([1, '', expect.stringMatching(/The report was not put on kubernetes\/k8s\.io#77: .*(?:absent|404)/)]);
  });

  test.skipIf(!canOpenTerminals)('a person at a terminal is asked (skipped without tmux)', async () => {
    const { env, comments } = await stage();
    for (const [answer, code, count] of [['n', 3, 0], ['y', 0, 1]] as const) {
      const terminal = openTerminal([process.execPath, launcher, 'report', '--comment', `${repo}#1`], { cwd: bench.desk.folder, env });
      bench.closeLater(() => terminal.close());
      await terminal.shows(/Send it\? \[y\/N\]/);
      terminal.type(answer);
      expect(await terminal.shows(/\[exit \d+\]/)).toContain(`[exit ${code}]`);
      expect(await comments()).toHaveLength(count);
    }
  });
});

/** A forge with comments of several people; `me` is undefined for the token of an app. */
async function startForge(me: string | undefined, comments: Comment[]): Promise<Record<string, string>> {
  const bodyOf = async (request: IncomingMessage): Promise<string> => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    return (JSON.parse(text) as { body: string }).body;
  };
  const serve = async (request: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const [path = ''] = (request.url ?? '').split('?');
    const reply = (status: number, value: unknown): void => void answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const full = (comment: Comment): object => ({ ...comment, created_at: '2026-01-01T00:00:00Z', html_url: `https://forge.example/c/${comment.id}` });
    if (path === '/user') return me === undefined ? reply(403, { message: 'Resource not accessible by integration' }) : reply(200, { login: me });
    if (request.method === 'GET') return reply(200, comments.map(full));
    if (request.method === 'POST') comments.push({ id: comments.length + 1, user: { login: me ?? 'github-actions[bot]' }, body: await bodyOf(request) });
    else {
      const id = Number(path.split('/').at(-1));
      const index = comments.findIndex((comment) => comment.id === id);
      comments[index] = { ...(comments[index] as Comment), body: await bodyOf(request) };
      return reply(200, full(comments[index]));
    }
    return reply(201, full(comments.at(-1) as Comment));
  };
  const server = createServer((request, answer) => void serve(request, answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bench.closeLater(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return { GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, GITHUB_TOKEN: 'a-token-of-somebody' };
}

describe("other people's comments", () => {
  test.each([
    ['a person', 'anna', 'anna'],
    ['an app', undefined, 'github-actions[bot]'],
  ])('that bear the mark stay as they are, also when %s asks; its own is found again', async (_, me, author) => {
    write('echo looked');
    await call(['run', 'doc.md', '--yes']);
    const planted = (id: number, login: string, before = ''): Comment => ({ id, user: { login }, body: `${before}${mark()}planted` });
    const comments = [planted(1, 'mallory'), planted(2, author, 'quoted: ')];
    const env = await startForge(me, comments);
    const made = await call(['report', '--comment', 'o/r#5', '--yes'], env);
    expect(made.code, made.stderr).toBe(0);
    expect(comments.map(({ user, body }) => [user.login, body.endsWith('planted')])).toEqual([['mallory', true], [author, true], [author, false]]);
    await call(['approve', runId(), 'tell']);
    await call(['resume', runId(), '--yes']);
    expect((await call(['report', '--comment', 'o/r#5', '--yes'], env)).stdout).toBe('https://forge.example/c/3\n');
    expect(comments.map(({ body }) => body.includes('The run passed.'))).toEqual([false, false, true]);
    expect(comments.map(({ body }) => body.includes(env['GITHUB_TOKEN'] ?? ''))).toEqual([false, false, false]);
  });

  test.each([
    ['no token', ['--comment', 'o/r#5', '--yes'], 'needs a token'],
    ['no thread', ['--comment', 'o/r', '--yes'], 'expected OWNER/REPO#NUMBER'],
    ['a format', ['--comment', 'o/r#5', '--format', 'html'], 'exclude each other'],
    ['a yes to nothing', ['--yes'], '--yes belongs to --comment'],
  ])('%s is refused', async (_, flags, why) => {
    write('true');
    await call(['run', 'doc.md', '--yes']);
    const refused = await call(['report', ...flags]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(why)]);
  });
});
