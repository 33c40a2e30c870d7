// The page of a run in a real browser: on wide and small screens, light and dark, by keyboard, on paper, and after a stranger's output.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, startBrowser, violations, type PageBrowser } from './browser.ts';
import { callRunbook, repositoryFolder } from './command-harness.ts';

if (!hasBrowser) process.stderr.write('report-page: /usr/bin/chromium is not here, so no page was looked at in a browser\n');

const block = (attributes: string, code: string): string => `\`\`\`bash {${attributes}}\n${code}\n\`\`\`\n\n`;
const nasty = `</code></pre><script>document.title = "owned"</script><img src="https://tracker.example/a.png" onerror="document.title='owned'"><style>body{display:none}</style>`;
const bad = [
  '---\ninputs:\n  v: { type: string, default: "<b>v1</b>" }\n---\n# A bad day\n\n',
  block('name=look effect=read', `export said='${nasty.replaceAll("'", '"')}' page=https://github.com/kubernetes/k8s.io/pull/12\nseq 1 50000; echo "$said"; printf '\\033[31mred\\033[0m \\033]0;title\\007'`),
  '- [ ] Somebody looks. <!-- {name=see} -->\n\n',
  block('name=push effect=write', `cat >&2 <<'X'\n${nasty}\nX\nexit 7`),
  block('name=after effect=write', 'git push'),
  block('name=tidy on=failure effect=local', 'true'),
].join('');

describe.skipIf(!hasBrowser)('in Chromium', () => {
  let browser: PageBrowser;
  let folder: string;
  beforeAll(async () => {
    browser = await startBrowser();
    folder = mkdtempSync(join(tmpdir(), 'runbook-reports-'));
    writeFileSync(join(folder, 'bad.md'), bad);
    const call = (...args: string[]) => callRunbook(args, { cwd: folder });
    await call('run', 'bad.md', '--yes');
    const [id = ''] = readdirSync(join(folder, '.runbook/runs'));
    await call('approve', id, 'see', '--evidence', 'https://example.org/minutes');
    await call('resume', id, '--yes', '--report', 'bad.html');
    const rehearsed = await call('run', join(repositoryFolder, 'runbooks/release.md'), '--rehearse', '--yes', '--report', 'release.html');
    if (rehearsed.code !== 0) throw new Error(rehearsed.stderr);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['bad.html', 'light', 1280],
    ['bad.html', 'dark', 390],
    ['release.html', 'dark', 1280],
    ['release.html', 'light', 390],
  ] as const)('%s, %s, %i wide: no violation with everything unfolded, no noise, nothing cut', async (name, colorScheme, width) => {
    const options = { colorScheme, viewport: { width, height: 900 } };
    const { page, noise } = await browser.open(join(folder, name), options);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(noise).toEqual([]);
    expect(await page.title()).toBe(name === 'bad.html' ? 'A bad day: failed' : 'Release a Kubernetes image: rehearsed');
    await page.context().close();
    const { page: bare } = await browser.open(join(folder, name), { ...options, bypassCSP: true });
    await bare.evaluate('for (const fold of document.querySelectorAll("details")) fold.open = true');
    expect(await violations(bare)).toEqual([]);
    await bare.context().close();
  });

  test('by keyboard: past the contents, from the table to a step, and its log unfolds', async () => {
    const { page } = await browser.open(join(folder, 'bad.html'), { viewport: { width: 1280, height: 900 } });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('document');
    await page.locator('.times a', { hasText: 'look' }).first().press('Enter');
    expect(await page.evaluate('document.querySelector(":target").id')).toBe('step-look');
    const log = page.locator('#step-look .log');
    expect(await log.locator('pre').first().isVisible()).toBe(false);
    await log.locator('summary').press('Enter');
    expect(await log.locator('pre').first().isVisible()).toBe(true);
    expect(await page.locator('#step-push .log pre').isVisible()).toBe(true);
    await page.context().close();
  });

  test('on paper: the table, the failure and its log; no folded ones, light colours', async () => {
    const { page } = await browser.open(join(folder, 'bad.html'), { colorScheme: 'dark', viewport: { width: 700, height: 900 } });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const hidden of ['nav', '.skip', '#step-look .log']) expect(await page.locator(hidden).first().isVisible(), hidden).toBe(false);
    expect(await page.locator('#step-push .log pre').isVisible()).toBe(true);
    expect(await page.evaluate('[...document.querySelectorAll("pre, .scroll")].filter((box) => box.scrollWidth > box.clientWidth + 1).length')).toBe(0);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    await page.context().close();
  });
});
