// For tests of pages: a real browser, what it complains of, and what an accessibility checker finds. Only tests import this.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { chromium, type BrowserContextOptions, type Page } from 'playwright-core';

const executable = '/usr/bin/chromium';

/** Whether there is a browser. */
export const hasBrowser = existsSync(executable);

/** A browser that looks at files. */
export interface PageBrowser {
  /** Opens a page; `noise` collects what the browser complains of and every request but the page itself. */
  open(file: string, options?: BrowserContextOptions): Promise<{ readonly page: Page; readonly noise: readonly string[] }>;
  close(): Promise<void>;
}

/** Starts a browser. */
export async function startBrowser(): Promise<PageBrowser> {
  const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'] });
  return {
    async open(file, options = {}) {
      const url = pathToFileURL(file).href;
      const page = await (await browser.newContext(options)).newPage();
      const noise: string[] = [];
      page.on('console', (message) => noise.push(`console: ${message.text()}`));
      page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
      page.on('request', (request) => void (request.url() === url ? undefined : noise.push(`request: ${request.url()}`)));
      await page.goto(url);
      return { page, noise };
    },
    close: () => browser.close(),
  };
}

/** What the checker finds. The policy of a page keeps it out, so the page must have been opened with `bypassCSP`. */
export async function violations(page: Page): Promise<unknown[]> {
  await page.evaluate(axe.source);
  // what is in order is not told in full: it takes longer than to find out
  const { violations: found } = await page.evaluate<axe.AxeResults>("axe.run({ resultTypes: ['violations'] })");
  return found.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html.slice(0, 200)) }));
}
