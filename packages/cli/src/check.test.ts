// `runbook check` as its users call it: the built command as a child process, in folders of its own, against a server on the
// loopback that plays the web, and against a rehearsal world.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callRunbook, repositoryFolder, setUpBench, type Finished } from './command-harness.ts';
import { gitIn } from './foreign-eyes.ts';
import { servePages, type Pages } from './page-server.ts';

const bench = setUpBench();
let folder: string;
let pages: Pages;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'runbook-check-'));
  mkdirSync(join(folder, '.git'));
  pages = await servePages();
});
afterEach(async () => {
  await pages.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const check = (...args: string[]): Promise<Finished> => callRunbook(['check', ...args], { cwd: folder, env: { RUNBOOK_ROUTES: `https://*=${pages.url}/*` } });

interface Told {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly hint: string;
  readonly detail?: string;
}
async function problems(...args: string[]): Promise<Told[]> {
  const { code, stdout, stderr } = await check('--json', ...args);
  expect([0, 2], stderr).toContain(code);
  const told = (JSON.parse(stdout) as { problems: Told[] }).problems;
  expect(code).toBe(told.some(({ severity }) => severity === 'error') ? 2 : 0);
  return told;
}
const places = (told: readonly Told[]): string[] => told.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);

const bad = 'See [x](#nowhere).\n';
const good = '# Good\n\n```sh {name=a effect=read}\nls\n```\n';

describe('many documents', () => {
  test('folders, patterns, files and standard input, each once and in order', async () => {
    for (const name of ['z.md', 'a.md', 'docs/b.md', 'docs/deep/c.markdown', '.github/d.md', 'docs/[x].md']) write(name, bad);
    for (const name of ['node_modules/p/e.md', '.git/f.md', '.runbook/runs/g.md', 'docs/node_modules/h.md', 'i.txt', 'docs/j.mdx']) write(name, bad);
    const files = async (...args: string[]): Promise<string[]> => (await problems(...args)).map(({ file }) => file);
    expect(await files('.')).toEqual(['.github/d.md', 'a.md', 'docs/[x].md', 'docs/b.md', 'docs/deep/c.markdown', 'z.md']);
    expect(await files('**/*.md')).toEqual(['.github/d.md', 'a.md', 'docs/[x].md', 'docs/b.md', 'z.md']);
    expect(await files('docs/**/*.{md,markdown}', 'docs', './docs/b.md')).toEqual(['docs/[x].md', 'docs/b.md', 'docs/deep/c.markdown']);
    expect(await files('z.md', '?.md')).toEqual(['z.md', 'a.md']);
    expect(await files('docs/[x].md')).toEqual(['docs/[x].md']);
    expect(await files('i.txt', 'node_modules')).toEqual(['i.txt', 'node_modules/p/e.md']);
    const piped = await callRunbook(['check', '-', '--json'], { cwd: folder, input: bad });
    expect([piped.code, places((JSON.parse(piped.stdout) as { problems: Told[] }).problems)[0]]).toEqual([2, 'stdin:1:5 broken-anchor']);
  });

  test('a summary counts all files, and only errors exit with 2', async () => {
    write('a.md', good);
    write('b.md', bad);
    write('c.md', '```sh\nls\n```\n');
    expect((await check('a.md')).stdout).toBe('no problems\n');
    expect((await check('a.md', 'c.md')).code).toBe(0);
    const all = await check('.');
    expect([all.code, all.stdout.trimEnd().split('\n').at(-1)]).toEqual([2, '1 error, 1 warning in 2 of 3 files']);
  });

  test.each([
    [['absent.md'], 'absent.md: there is no such file or folder.'],
    [['absent/**/*.md'], 'absent/**/*.md: there is no folder absent.'],
    [['*.adoc'], '*.adoc: no file matches it.'],
    [['empty'], 'empty: it holds no Markdown file.'],
    [['a.md', '--format', 'xml'], '--format xml: expected text, json, github or sarif.'],
    [['a.md', '--links', '--offline'], '--links asks the web, --offline forbids it: say one of them.'],
    [['-', '--fix'], '--fix needs files; standard input cannot be written.'],
  ])('%j is refused in one line', async (args, line) => {
    write('a.md', good);
    mkdirSync(join(folder, 'empty'));
    const { code, stdout, stderr } = await check(...args);
    expect([code, stdout, stderr.trimEnd()]).toEqual([2, '', line]);
  });
});

test('the formats for machines', async () => {
  write('docs/a b.md', `${bad}\n[x](absent.md)\n\n\`\`\`sh\nls\n\`\`\`\n`);
  const github = await check('docs', '--format', 'github');
  expect(github.stdout.split('\n')[0]).toBe('::error file=docs/a b.md,line=1,col=5,title=broken-anchor::this document has no heading or anchor "nowhere". Use the anchor of a heading: its text in lower case, with - for spaces.');
  expect(github.stderr).toBe('2 errors, 1 warning in 1 file\n');
  const sarif = await check('docs', '--format', 'sarif');
  const log = JSON.parse(sarif.stdout) as { runs: { tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; ruleIndex: number; locations: object[] }[] }[] };
  const [run] = log.runs;
  expect(run?.results.map(({ ruleId }) => ruleId).sort()).toEqual(['broken-anchor', 'broken-link', 'undeclared-effect']);
  for (const { ruleId, ruleIndex, locations } of run?.results ?? []) {
    expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(locations).toEqual([{ physicalLocation: { artifactLocation: { uri: 'docs/a%20b.md' }, region: expect.anything() } }]);
  }
  expect([github.code, sarif.code]).toEqual([2, 2]);
});

describe('quoted files', () => {
  const file = 'a: 1\nb:\n  - name: x\n    size: 2\n';
  const quote = (source: string, code: string, language = 'yaml'): string => `\`\`\`${language} {source="${source}"}\n${code}\n\`\`\`\n`;
  const page = 'https://github.com/o/r/blob/main/ci.yaml';

  test('what is the same is fine, and each file is read once', async () => {
    pages.serve('raw.githubusercontent.com/o/r/main/ci.yaml', file);
    write('a.md', quote(page, 'a: 1') + quote(`${page}#L1-L2`, 'a: 1\nb:') + quote(`${page}#b[0]`, 'size: 2'));
    write('b.md', `\`\`\`yaml {file=ci.yaml source=${page}}\n${file}\`\`\`\n${quote(`${page}#a`, '1')}`);
    expect(await problems('.')).toEqual([]);
    expect(pages.asked()).toEqual(['GET raw.githubusercontent.com/o/r/main/ci.yaml']);
  });

  test('a drift is an error with a diff; offline it is skipped, and that is said', async () => {
    pages.serve('raw.githubusercontent.com/o/r/main/ci.yaml', file);
    write('a.md', `# A\n\n> ${quote(`${page}#b`, '> - name: x\n>   size: 1').replace(/```\n$/, '> ```')}\n`);
    const [told, ...others] = await problems('a.md');
    expect(others).toEqual([]);
    expect(told).toMatchObject({ code: 'drift', severity: 'error', line: 3, column: 3, detail: '@@ -1,2 +1,2 @@\n - name: x\n-  size: 1\n+  size: 2' });
    expect(told?.message).toContain(page);
    const text = await check('a.md');
    expect(text.stdout.split('\n')).toEqual(expect.arrayContaining([expect.stringContaining('a.md:3:3  drift: '), '    -  size: 1', '    +  size: 2', '1 error in 1 file']));
    const offline = await check('a.md', '--offline');
    expect([offline.code, offline.stdout, offline.stderr]).toEqual([0, 'no problems\n', '1 block was not compared with what it quotes: --offline.\n']);
    expect(pages.asked()).toHaveLength(2);
  });

  test('--fix refreshes the blocks and nothing else, keeps the mode, and does nothing twice', async () => {
    pages.serve('raw.githubusercontent.com/o/r/main/ci.yaml', file);
    const before = `\uFEFF# A  \r\n\r\n1. x\r\n\r\n   ${quote(page, '   a: 0 # one').trimEnd().replaceAll('\n', '\r\n').replace(/```$/, '   ```')}\r\n\ttail\r\n${quote(`${page}#L3-L4`, 'gone\nlines', 'text').replaceAll('\n', '\r\n')}`;
    write('a.md', before);
    chmodSync(join(folder, 'a.md'), 0o640);
    symlinkSync('a.md', join(folder, 'link.md'));
    const fixed = await check('link.md', '--fix');
    const after = before.replace('   a: 0 # one', '   a: 1 # one').replace('gone\r\nlines', '- name: x\r\n  size: 2');
    expect(read('a.md')).toBe(after);
    expect([fixed.code, fixed.stdout]).toEqual([0, 'no problems\n']);
    expect(fixed.stderr).toBe(`link.md:5  refreshed from ${page}, +1 -1 lines.\nlink.md:9  refreshed from ${page}#L3-L4, +2 -2 lines.\n`);
    expect(statSync(join(folder, 'a.md')).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).sort()).toEqual(['.git', 'a.md', 'link.md']);
    const modified = statSync(join(folder, 'a.md')).mtimeMs;
    expect((await check('a.md', '--fix')).stderr).toBe('');
    expect([read('a.md'), statSync(join(folder, 'a.md')).mtimeMs]).toEqual([after, modified]);
  });

  test('--fix leaves alone what it cannot be sure of, and says why', async () => {
    pages.serve('raw.githubusercontent.com/o/r/main/a.md', 'x\n```\ny\n');
    pages.serve('raw.githubusercontent.com/o/r/main/ci.yaml', file);
    const text = quote('https://github.com/o/r/blob/main/a.md', 'x', 'markdown') + quote(page, 'z: 1');
    write('a.md', text);
    const { code, stdout, stderr } = await check('a.md', '--fix');
    expect([code, read('a.md')]).toEqual([2, text]);
    expect(stderr).toBe('a.md:1  left as it is: the new text holds a fence itself; give the block a longer one.\n');
    expect(stdout).toContain('Correct the block by hand, or say which part it quotes: #key or #L1-L5.');
  });

  test('--fix does not overwrite a file that changed while it was checked', async () => {
    write('a.md', quote(page, 'a: 0'));
    pages.serve('raw.githubusercontent.com/o/r/main/ci.yaml', () => {
      write('a.md', 'somebody else\n');
      return file;
    });
    const { code, stderr } = await check('a.md', '--fix');
    expect([code, read('a.md'), stderr]).toEqual([2, 'somebody else\n', 'a.md: nothing was written: the file changed while it was checked. Run the command again.\n']);
    expect(readdirSync(folder).sort()).toEqual(['.git', 'a.md']);
  });

  test('what is absent is an error, what is not known a warning, each in one line', async () => {
    pages.serve('example.org/page', '<!doctype html><p>x', { type: 'text/html' });
    pages.serve('example.org/binary', '\0\0');
    pages.serve('example.org/busy', 'later', { status: 503 });
    pages.serve('example.org/secret', 'no', { status: 403 });
    pages.serve('example.org/yaml', 'a: 1\n');
    write('x.md', 'text\n');
    const sources = ['https://example.org/absent', 'https://example.org/page', 'https://example.org/binary', 'https://example.org/busy', 'https://example.org/secret', 'https://example.org/yaml#L9', 'https://example.org/yaml#b', 'https://github.com/o/r', '../../etc/passwd', 'absent.yaml', '.git', 'x.md'];
    write('a.md', sources.map((source) => quote(source, 'x')).join(''));
    const told = await problems('a.md');
    expect(told.map(({ line, code, severity }) => `${sources[(line - 1) / 3]} ${code} ${severity}`)).toEqual([
      'https://example.org/absent source-absent error',
      'https://example.org/page bad-source error',
      'https://example.org/binary bad-source error',
      'https://example.org/busy source-unreachable warning',
      'https://example.org/secret source-unreachable warning',
      'https://example.org/yaml#L9 source-absent error',
      'https://example.org/yaml#b source-absent error',
      'https://github.com/o/r bad-source error',
      '../../etc/passwd bad-source error',
      'absent.yaml source-absent error',
      '.git bad-source error',
      'x.md drift error',
    ]);
    expect(told.filter(({ message }) => /\n| {4}at /.test(message))).toEqual([]);
  });

  test('without a network it says so, once for each block, and shows no stack', async () => {
    await pages.close();
    write('a.md', quote(page, 'a: 1') + quote(`${page}#L1`, 'a: 1'));
    const { code, stdout, stderr } = await check('a.md');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.match(/^a\.md.*source-unreachable: .* could not be compared: connection refused.*\(warning\)$/gm)).toHaveLength(2);
  });

  test('a symbolic link does not lead out of the repository', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'runbook-outside-'));
    try {
      writeFileSync(join(outside, 'secret.txt'), 'hunter2\n');
      symlinkSync(outside, join(folder, 'in'));
      write('a.md', quote('in/secret.txt', 'x', 'text'));
      const { stdout } = await check('a.md');
      expect(stdout).toContain('bad-source: in/secret.txt leads outside the repository');
      expect(stdout).not.toContain('hunter2');
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  test('a rehearsal world serves the files of its repositories', async () => {
    const world = await bench.world();
    const path = 'apps/snoopdb/cloudbuild.yaml';
    const first = gitIn(world, 'kubernetes-sigs/apisnoop', 'show', `main:${path}`).split('\n')[0] ?? '';
    write('a.md', quote(`https://github.com/kubernetes-sigs/apisnoop/blob/main/${path}#L1`, first, 'text') + quote(`https://github.com/kubernetes-sigs/apisnoop/blob/main/absent.yaml`, 'x'));
    const { stdout } = await callRunbook(['check', '--json', 'a.md'], { cwd: folder, env: { ...world.env, HOME: folder } });
    expect(places((JSON.parse(stdout) as { problems: Told[] }).problems)).toEqual(['a.md:4:1 source-absent']);
    const asked = world.ledger().filter((entry) => entry.path.includes('absent.yaml') || entry.path.includes(path));
    expect(asked.map((entry) => `${entry.method} ${entry.write}`)).toEqual(['GET false', 'GET false']);
  });
});

describe('links', () => {
  test('files and anchors of the repository, without the network', async () => {
    write('docs/guide.md', '# The Guide\n\n## Setup\n\n## Setup\n\n<a name="old"></a>\n\n## Hugo {#hugo-name}\n');
    write('docs/sub/README.md', '# Sub\n');
    write('img/a b.png', '');
    const links = [
      ['docs/guide.md', ''],
      ['docs/guide.md#the-guide', ''],
      ['docs/guide.md#setup-1', ''],
      ['docs/guide.md#Setup', ''],
      ['docs/guide.md#old', ''],
      ['docs/guide.md#hugo-name', ''],
      ['/docs/guide.md?plain=1#L3', ''],
      ['docs/', ''],
      ['docs/sub#sub', ''],
      ['img/a%20b.png', ''],
      ['<img/a b.png>', ''],
      ['#top', ''],
      ['#index', ''],
      ['mailto:a@b.c', ''],
      ['../../issues', ''],
      ['../outside.md', ''],
      ['{{ site.url }}/x', ''],
      ['/blog/post/', ''],
      ['docs/guide.md#setup-2', 'broken-anchor Did you mean "#setup-1"?'],
      ['docs/sub#subs', 'broken-anchor Did you mean "#sub"?'],
      ['#indx', 'broken-anchor Did you mean "#index"?'],
      ['docs/guid.md', 'broken-link Did you mean "guide.md"?'],
      ['docs/guide', 'broken-link Did you mean "guide.md"?'],
      ['/docs/absent.md', 'broken-link Correct the path; it counts from the document.'],
      ['doc/guide.md', 'broken-link There is no folder doc either; correct the path.'],
      ['k8s.io/docs', 'broken-link Begin an address of the web with https://.'],
      ['docs/\u200bguide.md', 'broken-link It holds the invisible sign U+200B; take it out.'],
    ] as const;
    write('index.md', `# Index\n${links.map(([target]) => `- [x](${target})\n`).join('')}`);
    const told = await problems('index.md');
    const found = new Map(told.map(({ line, code, hint }) => [line - 2, `${code} ${hint}`]));
    expect(links.map(([target], index) => [target, found.get(index) ?? ''])).toEqual(links.map((link) => [...link]));
    expect(pages.asked()).toEqual([]);
  });

  test('--links asks the web: HEAD, then GET, each address once, only reading', async () => {
    pages.serve('a.org/there', 'x');
    pages.serve('a.org/only-get', 'x', { refuses: 'HEAD' });
    pages.serve('a.org/moved', '', { status: 301, location: '/there' });
    pages.serve('a.org/forbidden', '', { status: 403 });
    for (const page of ['1', '2', '3', '4']) pages.serve(`b.org/${page}`, '', { status: 429 });
    write('a.md', '[a](https://a.org/there#x) [b](https://a.org/there) <https://a.org/only-get> https://a.org/moved\n\n[gone](https://a.org/gone) [f](https://a.org/forbidden) ![i](http://a.org/gone) [p](http://a.org/there)\n\n[l](http://localhost:1) [e](https://example.com/x) [n](http://192.168.1.1/x) [m](mailto:a@b.c)\n');
    write('b.md', '[1](https://b.org/1) [2](https://b.org/2) [3](https://b.org/3) [4](https://b.org/4) [c](https://a.org/there)\n');
    const told = await problems('.', '--links');
    expect(places(told)).toEqual(['a.md:3:1 broken-link', 'a.md:3:28 link-unreachable', 'a.md:3:57 link-unreachable', 'b.md:1:1 link-unreachable', 'b.md:1:22 link-unreachable', 'b.md:1:43 link-unreachable', 'b.md:1:64 link-unreachable']);
    expect(told.map(({ severity }) => severity)).toEqual(['error', ...Array<string>(6).fill('warning')]);
    const asked = pages.asked();
    expect(new Set(asked.map((line) => line.split(' ')[0]))).toEqual(new Set(['HEAD', 'GET']));
    expect(asked.filter((line) => line === 'HEAD a.org/there')).toHaveLength(3); // itself, the redirect to it, and the http one
    expect(asked).toContain('GET a.org/only-get');
    expect(asked.filter((line) => line.startsWith('GET a.org/there'))).toEqual([]);
    expect(asked.filter((line) => line.includes('b.org')).length).toBeLessThanOrEqual(2); // a busy host is not asked again
    expect(asked.some((line) => line.includes('localhost') || line.includes('example') || line.includes('192'))).toBe(false);
    expect((await problems('a.md')).map(({ code }) => code)).toEqual([]);
  });

  test('a missing network is told once for each document', async () => {
    await pages.close();
    write('a.md', '[a](https://a.org/x) [b](https://b.org/x) [c](https://c.org/x)\n');
    const { code, stdout } = await check('a.md', '--links');
    expect(code).toBe(0);
    expect(stdout.match(/link-unreachable/g)).toHaveLength(1);
    expect(stdout).toContain('3 links, this one first, could not be checked: connection refused');
  });
});

test('a document that asks for a newer runbook is told where it says so, and counts as an error', async () => {
  write('new.md', '---\ntitle: New\nrequires: runbook >= 99\n---\n# New\n');
  const { code, stdout } = await check('new.md', '--format', 'json');
  expect([code, JSON.parse(stdout)]).toMatchObject([2, { problems: [{ code: 'unmet-requirement', severity: 'error', file: 'new.md', line: 3, column: 1 }] }]);
});

test('--env tells the commands that this machine lacks, and starts none', async () => {
  mkdirSync(join(folder, 'bin'));
  // bash is asked to read the block (`bash -n`), and is the only one that is
  symlinkSync(execFileSync('sh', ['-c', 'command -v bash'], { encoding: 'utf8' }).trim(), join(folder, 'bin/bash'));
  writeFileSync(join(folder, 'bin/here'), `#!/bin/sh\ntouch ${join(folder, 'started')}\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'bin/plain'), '');
  write('a.md', '```bash {name=a effect=read}\nhere | nowhere\nplain\n```\n\n```python {interpreter="python9 -u" name=b effect=read}\nx\n```\n');
  const call = (...args: string[]): Promise<Finished> => callRunbook(['check', 'a.md', '--json', ...args], { cwd: folder, env: { PATH: join(folder, 'bin') } });
  expect(places((JSON.parse((await call('--env')).stdout) as { problems: Told[] }).problems)).toEqual(['a.md:2:8 missing-command', 'a.md:3:1 missing-command', 'a.md:6:1 missing-command']);
  expect((JSON.parse((await call()).stdout) as { problems: Told[] }).problems).toEqual([]);
  expect(readdirSync(folder)).not.toContain('started');
});

test('our own documents check clean, links included', async () => {
  const tracked = execFileSync('git', ['ls-files', '*.md'], { cwd: repositoryFolder, encoding: 'utf8' }).split('\n').filter((name) => name !== '' && !name.includes('/seed/') && !name.includes('/fixtures/'));
  const { stdout, code } = await callRunbook(['check', '--offline', ...tracked], { cwd: repositoryFolder });
  expect([stdout, code]).toEqual([`no problems in ${tracked.length} files\n`, 0]);
});

const isShellcheckHere = spawnSync('shellcheck', ['--version']).status === 0;

describe('ShellCheck, where it is installed', () => {
  const text = '# A\n\n- ```bash {name=a effect=read}\n  cd /tmp\n  echo ok\n  x = 1\n  ```\n';

  test.skipIf(!isShellcheckHere)('adds warnings at their place (skipped where it is not)', async () => {
    write('a.md', text);
    expect(await problems('a.md')).toMatchObject([{ code: 'shellcheck', severity: 'warning', line: 6, column: 5, message: expect.stringContaining('SC2283: ') }]);
  });

  test.skipIf(!isShellcheckHere)('is asked about blocks that have changed only, and its findings stand where the blocks are now', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    copyFileSync(execFileSync('sh', ['-c', 'command -v shellcheck'], { encoding: 'utf8' }).trim(), join(bin, 'shellcheck'));
    symlinkSync(execFileSync('sh', ['-c', 'command -v bash'], { encoding: 'utf8' }).trim(), join(bin, 'bash'));
    const warned = async (): Promise<string[]> => {
      const { stdout } = await callRunbook(['check', 'a.md', '--json'], { cwd: folder, env: { PATH: bin, XDG_CACHE_HOME: join(folder, 'cache') } });
      return (JSON.parse(stdout) as { problems: Told[] }).problems.map(({ code, line, message }) => `${line} ${code} ${message.slice(0, 6)}`);
    };
    mkdirSync(join(folder, 'cache'), { mode: 0o700 });
    write('a.md', text);
    expect(await warned()).toEqual(['6 shellcheck SC2283']);
    // the same program, which nobody may run any more
    chmodSync(join(bin, 'shellcheck'), 0o600);
    write('a.md', text.replace('# A\n', '# A\n\nMore.\n'));
    expect(await warned()).toEqual(['8 shellcheck SC2283']);
    write('a.md', text.replace('x = 1', 'y = 1'));
    expect(await warned()).toEqual([]);
    chmodSync(join(bin, 'shellcheck'), 0o755);
    expect(await warned()).toEqual(['6 shellcheck SC2283']);
    write('a.md', text.replace('x = 1', 'x=1'));
    expect(await warned()).toEqual([]);
  });

  test('is not missed where it is not', async () => {
    write('a.md', text);
    mkdirSync(join(folder, 'bin'));
    symlinkSync(execFileSync('sh', ['-c', 'command -v bash'], { encoding: 'utf8' }).trim(), join(folder, 'bin/bash'));
    const { code, stdout } = await callRunbook(['check', 'a.md', '--json'], { cwd: folder, env: { PATH: join(folder, 'bin') } });
    expect({ code, problems: (JSON.parse(stdout) as { problems: Told[] }).problems }).toEqual({ code: 0, problems: [] });
  });
});

describe('bash has the last word on syntax', () => {
  test('what only bash refuses is told at its line, also in a list; the other blocks are not blamed', async () => {
    write('a.md', '# A\n\n```bash {name=a effect=read}\necho ok\n```\n\n- ```bash {name=b effect=read}\n  echo ok\n  echo $[1+\n  ```\n');
    const told = (await problems('a.md')).filter(({ code }) => code === 'shell-syntax');
    expect(told).toMatchObject([{ line: 9, column: 3, message: expect.stringContaining('this is not valid shell: ') }]);
  });

  test('nothing of a block is executed', async () => {
    write('a.md', `# A\n\n\`\`\`bash {name=a effect=read}\ntouch '${folder}/executed'\n$(touch '${folder}/executed')\n\`\`\`\n`);
    await problems('a.md');
    expect(readdirSync(folder)).not.toContain('executed');
  });
});
