// `runbook docs`: documents as HTML pages. Nothing of a document is executed, and no file that is not such a page is overwritten.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { parseRunbook } from '@runbook/model';
import { renderPage, type PageSource } from '@runbook/render';
import { print, say } from '../console.ts';
import { readDocument } from '../document.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { version } from '../version.ts';

/** The flags of `docs`. */
export interface DocsFlags {
  readonly out?: string;
}

interface Target {
  /** As given on the command line. */
  readonly file: string;
  readonly page: string;
}

const tool = `runbook ${version}`;

/** Renders documents. Those with problems too: the page lists them. The paths of the pages go to stdout. */
export async function docs(files: readonly string[], flags: DocsFlags): Promise<number> {
  if (flags.out === '-' && files.length > 1) throw new UsageError(`--out - writes one page, but ${files.length} documents were given. Give --out DIR.`);
  const targets = placePages(files, flags.out);
  const texts = targets.map(({ file }) => readDocument(file));
  if (flags.out !== '-') for (const { page } of targets) insistOnPage(page);
  const pages = new Map(targets.map(({ file, page }) => [resolve(file), page]));
  const { lintRunbook } = await import('@runbook/lint');
  for (const [index, { file, page }] of targets.entries()) {
    const { runbook, problems: faults } = parseRunbook(texts[index] ?? '', file);
    const problems = [...faults, ...lintRunbook(runbook)].sort((a, b) => a.line - b.line || a.column - b.column);
    const html = await renderPage({ runbook, problems, tool, linkPath: createLinkPath(file, page, pages) });
    const errors = problems.filter((problem) => problem.severity === 'error').length;
    if (errors > 0) say(`${file}: it has ${errors} ${errors === 1 ? 'error' : 'errors'}, told on its page. See runbook check.`);
    if (flags.out === '-') {
      print(html);
      continue;
    }
    writePage(page, html);
    print(page);
  }
  return exitCodes.done;
}

function writePage(page: string, html: string): void {
  try {
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, html);
  } catch (cause) {
    throw new UsageError(`${page} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}. Give --out DIR.`, undefined, { cause });
  }
}

/** Where each page goes: beside its document, or in a folder that keeps the order of folders below their common one. */
function placePages(files: readonly string[], out: string | undefined): Target[] {
  const unique = [...new Map(files.map((file) => [resolve(file), file])).values()];
  const base = commonFolder(unique.map((file) => dirname(resolve(file))));
  const targets = unique.map((file): Target => {
    const name = `${basename(file, extname(file))}.html`;
    return { file, page: out === undefined || out === '-' ? join(dirname(file), name) : join(out, relative(base, dirname(resolve(file))), name) };
  });
  for (const [index, { file, page }] of targets.entries()) {
    const other = targets.slice(0, index).find((earlier) => resolve(earlier.page) === resolve(page));
    if (other !== undefined) throw new UsageError(`${other.file} and ${file} would both become ${page}. Render them one after the other into different folders.`);
    if (out !== '-' && unique.some((document) => resolve(document) === resolve(page))) throw new UsageError(`${file} would become ${page}, which is itself a document. Give --out DIR.`);
  }
  return targets;
}

function commonFolder(folders: readonly string[]): string {
  const [first = [], ...others] = folders.map((folder) => folder.split(sep));
  const end = first.findIndex((part, index) => others.some((other) => other[index] !== part));
  return first.slice(0, end === -1 ? first.length : end).join(sep) || sep;
}

/** A file that somebody else made stays. */
function insistOnPage(page: string): void {
  if (!existsSync(page)) return;
  const start = readDocument(page).slice(0, 10_000);
  if (!start.includes('<meta name="generator" content="runbook ')) throw new UsageError(`${page} is there and was not made by runbook docs. Move it, or give --out DIR.`);
}

/** Links between documents that are rendered together lead to their pages; every other path stays as it was written. */
function createLinkPath(file: string, page: string, pages: ReadonlyMap<string, string>): PageSource['linkPath'] {
  return (path) => {
    const other = path.startsWith('/') ? undefined : pages.get(resolve(dirname(file), path));
    const target = other === undefined ? path : relative(dirname(resolve(page)), resolve(other)).split(sep).join('/');
    return { path: target, isPage: other !== undefined };
  };
}
