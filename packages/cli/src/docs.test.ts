// `runbook docs` as a user calls it, and its pages in a real browser. Without Chromium the browser's part is skipped.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, startBrowser, violations, type PageBrowser } from './browser.ts';
import { callRunbook, repositoryFolder, setUpBench } from './command-harness.ts';

const bench = setUpBench();

const write = (path: string, text: string): string => {
  const file = join(bench.desk.folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
};
const read = (path: string): string => readFileSync(join(bench.desk.folder, path), 'utf8');
const docs = (...args: string[]) => callRunbook(['docs', ...args], { cwd: bench.desk.folder });

describe('where pages go', () => {
  test('beside their documents, again and again', async () => {
    for (const _ of [1, 2]) expect(await docs('runbooks/release.md')).toEqual({ code: 0, signal: null, stdout: 'runbooks/release.html\n', stderr: '' });
    expect(read('runbooks/release.html')).toContain('id="step-push-tag"');
  });

  test('into a folder that keeps the order of folders, with links between them', async () => {
    write('guide/a.md', '# A\n\n[b](sub/b.md#how-to) [c](../c.md) [licence](../LICENSE) [outside](../../etc/x.md)\n');
    write('guide/sub/b.md', '# B\n\n## How to\n\n[a](../a.md)\n');
    expect((await docs('guide/a.md', 'guide/sub/b.md', '--out', 'site')).stdout).toBe('site/a.html\nsite/sub/b.html\n');
    const links = (page: string): string[] => [...read(page).matchAll(/<a href="([^"#][^"]*)"/g)].map((link) => link[1] ?? '');
    expect(links('site/a.html')).toEqual(['sub/b.html#section-how-to', '../c.md', '../LICENSE', '../../etc/x.md']);
    expect(links('site/sub/b.html')).toEqual(['../a.html']);
  });

  test('to stdout', async () => {
    const { code, stdout, stderr } = await docs('runbooks/release.md', '--out', '-');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^<!doctype html><html lang="en">/);
    expect(existsSync(join(bench.desk.folder, 'runbooks/release.html'))).toBe(false);
  });

  test.each([
    ['two to stdout', ['a.md', 'b.md', '--out', '-'], /one page, but 2 documents/],
    ['two to one page', ['a.md', 'a.markdown'], /a\.md and a\.markdown would both become a\.html/],
    ['onto a document', ['a.md', 'a.html'], /which is itself a document/],
    ['no such file', ['missing.md'], /missing\.md: there is no such file/],
    ['onto what somebody else made', ['mine.md', 'a.md'], /mine\.html is there and was not made by runbook docs/],
  ])('not %s', async (_, args, message) => {
    for (const name of ['a.md', 'a.markdown', 'b.md', 'mine.md']) write(name, '# A\n');
    write('mine.html', '<p>mine</p>');
    const { code, stdout, stderr } = await docs(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(read('mine.html')).toBe('<p>mine</p>');
    expect(existsSync(join(bench.desk.folder, 'b.html'))).toBe(false);
  });
});

test('a document with errors is rendered, and says so twice', async () => {
  write('bad.md', '# Bad\n\n```bash {name=a effect=read}\ngit push\n```\n\n```bash {name=a effect=read}\ntrue\n```\n');
  const { code, stderr } = await docs('bad.md');
  expect(code).toBe(0);
  expect(stderr).toBe('bad.md: it has 2 errors, told on its page. See runbook check.\n');
  expect(read('bad.html')).toMatch(/This document has 2 errors.*write-in-read.*duplicate-name/s);
});

test('what pages take is not loaded by other commands', () => {
  const bundle = join(repositoryFolder, 'packages/cli/bundle');
  const load = (name: string): string => readFileSync(join(bundle, name), 'utf8');
  const heavy = /hljs-|rehypeSanitize|createLowlight/;
  const files = readdirSync(bundle).filter((name) => name.endsWith('.cjs'));
  expect(files.some((name) => heavy.test(load(name)))).toBe(true);
  const reached = new Set(files.filter((name) => /^(?:main|program|run|read|resume|check|list|docs|new)\b/.test(name)));
  expect(reached.size).toBeGreaterThan(4);
  for (const name of reached)
    for (const [, other = ''] of load(name).matchAll(/require\("\.\/([^"]+)"\)/g)) if (files.includes(other)) reached.add(other);
  expect([...reached].filter((name) => heavy.test(load(name)))).toEqual([]);
});

if (!hasBrowser) process.stderr.write('docs: /usr/bin/chromium is not here, so no page was looked at in a browser\n');

const hostile = `---
title: Hostile
inputs:
  a: { type: string, default: x }
---

<script>document.title = "owned"</script><img src="https://tracker.example/a.png" onerror="document.title='owned'">

![b](https://tracker.example/b.png) [c](javascript:document.title="owned") <a href="javascript:document.title=1">d</a>

<style>@import "https://tracker.example/c.css";body{display:none}</style><link rel=stylesheet href="https://tracker.example/d.css">

<iframe src="https://tracker.example/e"></iframe><form action="https://tracker.example/f"><input name=said autofocus></form><a id=said></a>

###### Deep

|a||
|-|-|
|1|2|

- [ ] task <!-- {name=look} -->
- point
  - [x] inner

![no words]()[](https://a.example)

<h1></h1><dl><dt>a<dd>b</dl>

\`\`\`bash {name=go effect=wrong}
echo "</code><script>document.title=1</script>"
\`\`\`

\`\`\`text {expect=go}
x
\`\`\`
`;

describe.skipIf(!hasBrowser)('in Chromium', () => {
  let browser: PageBrowser;
  let folder: string;
  beforeAll(async () => {
    browser = await startBrowser();
    folder = mkdtempSync(join(tmpdir(), 'runbook-pages-'));
    writeFileSync(join(folder, 'hostile.md'), hostile);
    writeFileSync(join(folder, 'copy.md'), '# C\n\n```console\n$ echo one\none\n$ echo two\n```\n\n```bash {name=a effect=read}\necho "<a>"\n```\n');
    cpSync(join(repositoryFolder, 'runbooks/release.md'), join(folder, 'release.md'));
    const made = await callRunbook(['docs', 'release.md', 'hostile.md', 'copy.md'], { cwd: folder });
    if (made.code !== 0) throw new Error(made.stderr);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (name: string, options: BrowserContextOptions = {}): ReturnType<PageBrowser['open']> => browser.open(join(folder, name), options);

  describe.each([
    ['light', 1280],
    ['light', 390],
    ['dark', 1280],
    ['dark', 390],
  ] as const)('%s, %i wide', (colorScheme, width) => {
    test.each(width === 390 && colorScheme === 'dark' ? ['release.html', 'hostile.html'] : ['release.html'])('%s: no violation, no noise, nothing cut', async (name) => {
      const options = { colorScheme, viewport: { width, height: 900 } };
      const { page, noise } = await open(name, options);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(noise).toEqual([]);
      expect(await page.title()).toBe(name === 'hostile.html' ? 'Hostile' : 'Release a Kubernetes image');
      await page.context().close();
      // The policy keeps the checker out, so it gets a page of its own without one.
      const { page: bare } = await open(name, { ...options, bypassCSP: true });
      if (width === 390) await bare.locator('nav summary').click();
      expect(await violations(bare)).toEqual([]);
      await bare.context().close();
    });
  });

  test('the policy stands even where the sanitiser would fail', async () => {
    const { page, noise } = await open('release.html');
    const added = '<img src="https://tracker.example/a.png"><b style="color:red" onclick="document.title=1">x</b>';
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(added)}); document.body.append(Object.assign(document.createElement('script'), { text: 'document.title = "owned"' }))`);
    await page.locator('b').last().click();
    expect(await page.title()).toBe('Release a Kubernetes image');
    for (const what of ['image', 'inline style', 'inline script', 'inline event handler']) expect(noise.join('\n')).toMatch(new RegExp(`${what}.*violates the following Content Security Policy`));
    await page.context().close();
  });

  test('by keyboard: the skip link first, and focus is seen', async () => {
    const { page } = await open('release.html', { viewport: { width: 1280, height: 900 } });
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the document');
    expect(await page.evaluate('document.activeElement.getBoundingClientRect().top')).toBeGreaterThanOrEqual(0);
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('document');
    await page.locator('nav a', { hasText: 'push-tag' }).first().click();
    expect(await page.evaluate('document.querySelector(":target").id')).toBe('step-push-tag');
    await page.context().close();
  });

  test('a copy button copies the code, and of a terminal session what is typed', async () => {
    const { page, noise } = await open('copy.html', { permissions: ['clipboard-read', 'clipboard-write'] });
    const copied: unknown[] = [];
    for (const button of await page.locator('.copy').all()) {
      await button.click();
      await page.locator('#said', { hasText: 'Copied' }).waitFor({ state: 'attached' });
      copied.push(await page.evaluate('navigator.clipboard.readText()'));
    }
    expect(copied).toEqual(['echo one\necho two', 'echo "<a>"']);
    expect(noise).toEqual([]);
    await page.context().close();
  });

  test('without script the page is whole', async () => {
    const { page } = await open('release.html', { javaScriptEnabled: false });
    expect(await page.locator('nav a').count()).toBeGreaterThan(30);
    expect(await page.locator('.copy').count()).toBe(0);
    await page.context().close();
  });

  test('on paper: no navigation, no cut code, addresses behind links, light colours', async () => {
    const { page } = await open('release.html', { colorScheme: 'dark', viewport: { width: 700, height: 900 } });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const hidden of ['nav', '.skip', '.copy']) expect(await page.locator(hidden).first().isVisible(), hidden).toBe(false);
    expect(await page.evaluate('[...document.querySelectorAll("pre, .scroll")].filter((box) => box.scrollWidth > box.clientWidth + 1).length')).toBe(0);
    expect(await page.evaluate('getComputedStyle(document.querySelector(\'main a[href^="https://github.com/kubernetes/k8s.io"]\'), "::after").content')).toContain('https://github.com/kubernetes/k8s.io');
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(50_000);
    await page.context().close();
  });
});
