// A world as its users meet it: its environment, git, the ledger, refusals, and going on after a kill.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ask, createWorlds, defaultSeed, sh } from './served.test.world.ts';
import { SeedError, startWorld } from './world.ts';
import type { World } from './world.ts';

const worlds = createWorlds();
let world: World;
beforeAll(async () => {
  world = await worlds.start();
});
afterAll(() => worlds.close());

const upstream = 'https://github.com/kubernetes-sigs/apisnoop';

describe('git in a rehearsal', () => {
  test('clones, signs a tag, pushes it: upstream has it, and the ledger has one write', async () => {
    const before = world.ledger().length;
    const done = await sh(world, `git clone -q ${upstream} && cd apisnoop && git tag -s v9.9.9 -m v9.9.9 && git verify-tag v9.9.9 && git push -q origin v9.9.9 && git cat-file -p v9.9.9`);
    expect(done).toMatchObject({ code: 0 });
    expect(done.out).toContain('rehearsal signature of Robin Rehearsal <robin@rehearsal.example>');
    const writes = world.ledger().slice(before).filter((entry) => entry.write);
    expect(writes).toMatchObject([{ service: 'git', method: 'POST', host: 'github.com', path: '/kubernetes-sigs/apisnoop/git-receive-pack', status: 200 }]);
    const listed = await sh(world, `git ls-remote ${upstream} 'refs/tags/v9.9.9*'`);
    expect(listed.out).toMatch(/refs\/tags\/v9\.9\.9\n.*refs\/tags\/v9\.9\.9\^\{\}/);
  });

  test('a changed tag does not verify', async () => {
    const done = await sh(world, 'git init -q forged && cd forged && git commit -q --allow-empty -m one && git tag -s v1 -m v1 && git cat-file tag v1 | sed s/v1$/v2/ | git mktag > forged && git tag v2 "$(cat forged)" && git verify-tag v2');
    expect(done.code).toBe(1);
    expect(done.err).toContain('belongs to another text');
  });

  test('remotes by ssh and git@ lead to the world as well, and git refuses wrong tokens', async () => {
    const both = await sh(world, 'git ls-remote git@github.com:kubernetes-sigs/apisnoop HEAD && git ls-remote ssh://git@github.com/kubernetes-sigs/apisnoop.git HEAD');
    expect(both).toMatchObject({ code: 0 });
    const wrong = await sh(world, `git clone -q ${upstream} other && cd other && git -c credential.helper= -c 'credential.helper=!f() { echo username=robin; echo password=wrong; }; f' push -q origin HEAD:refs/heads/x`);
    expect(wrong.code).toBe(128);
    expect(wrong.err).toContain('Authentication failed');
    const open = await fetch(`${world.url}/github.com/kubernetes-sigs/apisnoop/info/refs?service=git-receive-pack`);
    expect([open.status, open.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="GitHub"']);
  });

  test('the user pushes to kubernetes-sigs and to the own fork, not to kubernetes', async () => {
    const denied = await sh(world, 'git clone -q https://github.com/kubernetes/k8s.io denied && cd denied && git push origin HEAD:refs/heads/mine');
    expect(denied.code).toBe(128);
    expect(denied.err).toContain('Permission to kubernetes/k8s.io.git denied to robin');
    const own = await sh(world, 'git clone -q https://github.com/robin/k8s.io own && cd own && git commit -q --allow-empty -m mine && git push -q origin HEAD:refs/heads/mine');
    expect(own).toMatchObject({ code: 0 });
  });

  test('shallow clone, fetch, force push, rejected push and a deleted branch work as anywhere', async () => {
    const done = await sh(
      world,
      `git clone -q --depth 1 ${upstream} shallow && cd shallow && test "$(git rev-list --count HEAD)" = 1 && git fetch -q --unshallow
       git checkout -q -b topic && git commit -q --allow-empty -m a && git push -q origin topic
       git commit -q --amend --allow-empty -m b && ! git push -q origin topic && git push -q --force origin topic
       git push -q origin --delete topic && test -z "$(git ls-remote origin topic)"`,
    );
    expect(done).toMatchObject({ code: 0 });
    expect(done.err).toContain('rejected');
  });

  test('a thousand commits and their tags are pushed, cloned, and seen by the API at once', async () => {
    const lines = 'seq 1 1000 | awk \'{ print "commit refs/heads/long"; print "mark :" $1; print "committer R <r@example.org> " 1600000000 + $1 " +0000"; print "data 2"; print "x\\n"; if ($1 > 1) print "from :" $1 - 1; if ($1 % 100 == 0) { print "reset refs/tags/long-" $1; print "from :" $1; print "" } }\'';
    const done = await sh(world, `git init -q long && cd long && ${lines} | git fast-import --quiet && git push -q --tags ${upstream} long && cd .. && git clone -q --branch long ${upstream} long-again && cd long-again && git rev-list --count HEAD && git tag -l 'long-*' | wc -l && git rev-parse HEAD`);
    expect(done, done.err).toMatchObject({ code: 0 });
    const [count, tags, head] = done.out.trim().split(/\s+/);
    expect([count, tags]).toEqual(['1000', '10']);
    const seen = await ask(world, 'GET api.github.com/repos/kubernetes-sigs/apisnoop/git/ref/heads/long');
    expect((seen.json as { readonly object: { readonly sha: string } }).object.sha).toBe(head);
    const page = await ask(world, 'GET api.github.com/repos/kubernetes-sigs/apisnoop/commits?sha=long&per_page=100&page=10');
    expect((page.json as readonly unknown[]).length).toBe(100);
    expect((await ask(world, 'GET api.github.com/repos/kubernetes-sigs/apisnoop/tags?per_page=100')).text).toContain('"long-1000"');
  });

  test('a push too big for one buffer arrives whole', async () => {
    const done = await sh(world, `git clone -q ${upstream} big && cd big && head -c 3000000 /dev/urandom > blob && git add blob && git commit -q -m big && git push -q origin HEAD:refs/heads/big && git clone -q --branch big ${upstream} big-again && cmp blob big-again/blob`);
    expect(done).toMatchObject({ code: 0 });
  });

  test('nobody pushes to refs/pull', async () => {
    const done = await sh(world, `git clone -q ${upstream} pullrefs && cd pullrefs && git push origin HEAD:refs/pull/7/head`);
    expect(done.err).toContain('deny updating a hidden ref');
  });
});

describe('the environment of a block', () => {
  test('holds what a block needs and nothing of the person', () => {
    expect(Object.keys(world.env).sort()).toEqual(
      ['GITHUB_TOKEN', 'GITHUB_USER', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM', 'GIT_TERMINAL_PROMPT', 'HOME', 'HTTPS_PROXY', 'HTTP_PROXY', 'LANG', 'NO_PROXY', 'PATH', 'RUNBOOK_ROUTES', 'RUNBOOK_WORLD', 'TZ', 'http_proxy', 'https_proxy', 'no_proxy'].sort(),
    );
    expect(world.env).toMatchObject({ GITHUB_USER: 'robin', RUNBOOK_WORLD: world.url, RUNBOOK_ROUTES: `https://*=${world.url}/*`, TZ: 'UTC' });
    expect(readdirSync(world.env['HOME'] ?? '')).toEqual([]);
  });

  test('a tool that the world cannot serve is refused by name', async () => {
    const done = await sh(world, 'curl https://example.com || echo "ended with $?"');
    expect(done.out).toBe('ended with 126\n');
    expect(done.err).toContain('`curl` is refused in a rehearsal: the rehearsal world serves git');
  });

  test('a way out through the proxy is refused and written down', async () => {
    const before = world.ledger().length;
    const done = await sh(world, 'git ls-remote https://example.com/x');
    expect(done.code).not.toBe(0);
    const { hostname, port } = new URL(world.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.end('GET http://example.org/secret HTTP/1.1\r\nHost: example.org\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1.1 403 [\s\S]*A rehearsal has no way to example\.org/);
    expect(world.ledger().slice(before)).toMatchObject([
      { service: 'proxy', method: 'CONNECT', host: 'example.com:443', status: 403 },
      { service: 'proxy', method: 'GET', host: 'example.org', status: 403, write: false },
    ]);
  });
});

describe('the router', () => {
  test.each([
    ['POST api.github.com/graphql', 'github', true],
    ['GET api.github.com/repos/kubernetes/k8s.io/actions/runs', 'github', false],
    ['GET nowhere.example/x?token=abc', 'unknown', false],
  ])('%s is a 501 that names itself, with a line in the ledger', async (request, service, write) => {
    const answer = await ask(world, request);
    const [method = '', place = ''] = request.replace(/\?.*/, '').split(' ');
    const path = place.slice(place.indexOf('/'));
    expect([answer.status, answer.json]).toEqual([501, { message: `The rehearsal world does not serve ${method} https://${place}` }]);
    expect(world.ledger().at(-1)).toMatchObject({ service, method, path, host: place.split('/')[0], write, status: 501 });
  });

  test('the bare address leads a browser to the page, and what names no host is a 501 too', async () => {
    const page = await fetch(`${world.url}/`);
    expect([page.status, new URL(page.url).pathname, page.headers.get('content-type')]).toEqual([200, '/_world', 'text/html; charset=utf-8']);
    const odd = await fetch(`${world.url}/%zz/x`);
    expect([odd.status, await odd.json()]).toEqual([501, { message: 'The rehearsal world does not serve GET https://%zz/x' }]);
    expect(world.ledger().at(-1)).toMatchObject({ service: 'unknown', method: 'GET', path: '/x', status: 501 });
  });

  test('the ledger names steps and never holds a token', async () => {
    await ask(world, 'POST _world/step', { step: 'push-tag' });
    await ask(world, `GET api.github.com/users/${world.env['GITHUB_TOKEN']}?access_token=x`);
    await ask(world, 'POST _world/step', { step: null });
    expect(world.ledger().at(-1)).toMatchObject({ path: '/users/***', step: 'push-tag' });
    const file = readFileSync(join(world.dir, 'ledger.jsonl'), 'utf8');
    expect(file).not.toContain('rehearsal-token');
    expect(file.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual(world.ledger());
  });

  test('control: info, ledger after a number, and time', async () => {
    expect((await ask(world, 'GET _world/info')).json).toEqual({ now: world.now(), url: world.url, env: world.env, user: { login: 'robin', name: 'Robin Rehearsal', email: 'robin@rehearsal.example' }, dir: world.dir, people: ['alice', 'bob'] });
    const entries = world.ledger();
    expect((await ask(world, `GET _world/ledger?after=${entries.length - 1}`)).json).toEqual({ entries: entries.slice(-1) });
    const to = world.now() + 1000;
    expect((await ask(world, 'POST _world/advance', { to })).json).toEqual({ now: to });
    expect((await ask(world, 'POST _world/advance', { to: 'tomorrow' })).status).toBe(400);
    expect((await ask(world, 'POST _world/comment', { repo: 'kubernetes/k8s.io', number: 99, text: '/lgtm' })).status).toBe(404);
    expect(world.ledger()).toEqual(entries);
  });

  test('answers carry the date of the world', async () => {
    const answer = await ask(world, 'GET api.github.com/rate_limit');
    expect(Date.parse(answer.headers.get('date') ?? '')).toBe(Math.floor(world.now() / 1000) * 1000);
  });
});

describe('going on', () => {
  test('a world killed right after a write goes on: same time, same refs, the ledger continues', async () => {
    let copy = '';
    const first = await worlds.start({
      onEntry: (entry) => {
        if (!entry.write || copy !== '') return;
        copy = join(worlds.root, 'killed');
        cpSync(first.dir, copy, { recursive: true }); // what a SIGKILL at this moment leaves on disk
      },
    });
    await first.advance(first.now() + 60_000);
    expect(await sh(first, `git clone -q ${upstream} && cd apisnoop && git tag v5.0.0 && git push -q origin v5.0.0`)).toMatchObject({ code: 0 });
    appendFileSync(join(copy, 'ledger.jsonl'), '{"seq": 99, "torn');
    rmSync(join(copy, 'pid'));
    const second = await worlds.start({ dir: copy, resume: true });
    expect(second.now()).toBe(first.now());
    expect(second.ledger().at(-1)).toMatchObject({ path: '/kubernetes-sigs/apisnoop/git-receive-pack', status: 200 });
    const { length } = second.ledger();
    expect((await sh(second, `git ls-remote ${upstream} refs/tags/v5.0.0`)).out).toContain('refs/tags/v5.0.0');
    expect(second.ledger()[length]?.seq).toBe((second.ledger()[length - 1]?.seq ?? 0) + 1);
  });

  test('a ref that moved without being told is told at the next start', async () => {
    const first = await worlds.start();
    const { dir } = first;
    await sh(first, 'git clone -q https://github.com/robin/k8s.io fork && cd fork && git checkout -q -b topic && echo x > x && git add x && git commit -q -m x && git push -q origin topic');
    const opened = await ask(first, 'POST api.github.com/repos/kubernetes/k8s.io/pulls', { title: 'x', head: 'robin:topic', base: 'main' });
    expect(opened.status).toBe(201);
    await first.close();
    const bare = join(dir, 'git/robin/k8s.io.git');
    execFileSync('git', ['-C', join(dir, 'work/fork'), 'commit', '-q', '--allow-empty', '-m', 'more'], { env: { ...first.env } });
    execFileSync('git', ['-C', join(dir, 'work/fork'), 'push', '-q', bare, 'topic'], { env: { ...first.env } });
    const tip = execFileSync('git', ['-C', bare, 'rev-parse', 'topic']).toString().trim();
    const second = await worlds.start({ dir });
    expect(second.url).toBe(first.url);
    expect((await ask(second, 'GET api.github.com/repos/kubernetes/k8s.io/pulls/1')).json).toMatchObject({ head: { sha: tip } });
    expect((await sh(second, 'git ls-remote https://github.com/kubernetes/k8s.io refs/pull/1/head')).out).toContain(tip);
  });

  test('a start that was killed while it planted begins anew', async () => {
    const first = await worlds.start();
    const { dir } = first;
    const start = first.now();
    await first.close();
    const file = join(dir, 'state.json');
    const state = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    rmSync(file);
    appendFileSync(file, JSON.stringify({ ...state, planted: false, now: 0 }));
    const second = await worlds.start({ dir });
    expect(second.now()).toBe(start);
    expect(await sh(second, `git ls-remote ${upstream} HEAD`)).toMatchObject({ code: 0 });
  });

  test('two worlds of one seed are the same, commit ids included', async () => {
    const [one, two] = [await worlds.start(), await worlds.start()];
    const refs = (dir: string): string => execFileSync('git', ['-C', join(dir, 'git/kubernetes/k8s.io.git'), 'for-each-ref']).toString();
    expect(refs(one.dir)).toBe(refs(two.dir));
    const path = 'GET api.github.com/repos/robin/k8s.io';
    expect((await ask(one, path)).text).toBe((await ask(two, path)).text);
  });

  test('refuses a seed with errors, a fault that is none, and a folder that disagrees with resume', async () => {
    const dir = join(worlds.root, 'refused');
    await expect(startWorld({ dir, defaultSeed: join(worlds.root, 'absent') })).rejects.toThrow(SeedError);
    await expect(startWorld({ dir, defaultSeed, faults: ['lost-digst'] })).rejects.toThrow('Did you mean lost-digest');
    await expect(startWorld({ dir, defaultSeed, resume: true })).rejects.toThrow('holds no world');
    await expect(startWorld({ dir: world.dir, defaultSeed, resume: false })).rejects.toThrow('holds a world already');
    expect(existsSync(join(dir, 'pid'))).toBe(false);
  });
});
