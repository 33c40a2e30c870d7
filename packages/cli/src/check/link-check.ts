// Whether the links of a document lead somewhere: files and anchors of its repository, without the network. Addresses of the
// web are collected for whoever may ask them. Nothing outside the repository is probed.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { readReferences, type Link, type References } from '@runbook/lint';
import { nearest, type Problem } from '@runbook/problem';
import { findRoot, isInside, isReallyInside } from './folder-root.ts';
import { makeReferenceProblem, type ReferenceFinding } from './reference-code.ts';

/** A link to the web. */
export interface WebLink {
  readonly url: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What was found out about the links of one document. */
export interface LinkVerdict {
  readonly problems: readonly Problem[];
  readonly web: readonly WebLink[];
}

/** Judges documents; other documents that links lead into are read once. */
export interface LinkJudge {
  judge(text: string, name: string, path: string | undefined): LinkVerdict;
}

/** Pages of a repository on GitHub that relative links lead to, though no file is there. */
const repositoryPage = /^(?:\.\.\/)+(?:issues|pulls?|wiki|releases|actions|discussions|tree|blob|raw|commits?|compare|graphs|projects|security|labels|milestones?|tags|branches|packages|archive)(?:[/?#]|$)/;
/** What templates put in before anybody follows the link. */
const template = /\{\{|\{%|<%|\$\{|%\{|^[{<$%@]/;

/** Makes a judge. */
export function createLinkJudge(cwd: string): LinkJudge {
  const others = new Map<string, ReadonlySet<string>>();
  const anchorsOf = (file: string): ReadonlySet<string> => {
    const known = others.get(file) ?? readReferences(readFileSync(file, 'utf8')).anchors;
    others.set(file, known);
    return known;
  };
  return {
    judge(text, name, path) {
      const references = readReferences(text);
      const folder = path === undefined ? cwd : dirname(resolve(cwd, path));
      const place: Place = { folder, root: findRoot(folder, cwd), own: references, anchorsOf };
      const problems: Problem[] = references.unread.map((line) =>
        makeReferenceProblem({ file: name, line, column: 1 }, { code: 'links-unread', message: 'this paragraph has so many brackets that its links were not read', hint: 'Divide it.' }),
      );
      const web: WebLink[] = [];
      for (const link of references.links) {
        const url = webAddress(link.target);
        if (url !== undefined) web.push({ url, file: name, line: link.line, column: link.column });
        const finding = url === undefined ? judgeLocal(link, place) : undefined;
        if (finding !== undefined) problems.push(makeReferenceProblem({ file: name, line: link.line, column: link.column }, finding));
      }
      return { problems, web };
    },
  };
}

interface Place {
  readonly folder: string;
  readonly root: string;
  readonly own: References;
  readonly anchorsOf: (file: string) => ReadonlySet<string>;
}

/** The address without its fragment, if it is one of the web. */
function webAddress(target: string): string | undefined {
  const absolute = target.startsWith('//') ? `https:${target}` : target;
  if (!/^https?:/i.test(absolute) || template.test(target) || !URL.canParse(absolute)) return undefined;
  const url = new URL(absolute);
  url.hash = '';
  return url.href;
}

function judgeLocal({ target }: Link, place: Place): ReferenceFinding | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith('//') || template.test(target) || repositoryPage.test(target)) return undefined;
  const [, path = '', , fragment = ''] = /^([^?#]*)(\?[^#]*)?(?:#(.*))?$/s.exec(target) ?? [];
  if (path === '') return judgeAnchor(fragment, place.own.anchors, 'this document');
  const wanted = decode(path);
  const file = resolve(path.startsWith('/') ? place.root : place.folder, `./${wanted}`);
  if (wanted.includes('\0') || !isInside(file, place.root)) return undefined;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return isOfSite(wanted, place) ? undefined : { code: 'broken-link', message: `there is no ${wanted}`, hint: suggestAddress(wanted) ?? suggestFile(file) };
  const document = stat.isDirectory() ? join(file, 'README.md') : file;
  if (fragment === '' || !/^\.(?:md|markdown)$/i.test(extname(document)) || statSync(document, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  return isReallyInside(document, place.root) ? judgeAnchor(fragment, place.anchorsOf(document), wanted) : undefined;
}

/** A path from the root whose first folder is not there belongs to a web site, not to the repository. */
function isOfSite(path: string, { root }: Place): boolean {
  return path.startsWith('/') && statSync(join(root, path.split('/')[1] ?? ''), { throwIfNoEntry: false }) === undefined;
}

function judgeAnchor(fragment: string, anchors: ReadonlySet<string>, where: string): ReferenceFinding | undefined {
  const name = decode(fragment).replace(/^user-content-/, '');
  // Empty and "top" are the top of every page (HTML, "indicated part"); ":~:" names text; lines are those of the source view.
  if (name === '' || name.toLowerCase() === 'top' || name.startsWith(':~:') || /^L\d+(?:C\d+)?(?:-L\d+(?:C\d+)?)?$/.test(name) || anchors.has(name)) return undefined;
  // GitHub finds anchors whatever their case.
  if ([...anchors].some((anchor) => anchor.toLowerCase() === name.toLowerCase())) return undefined;
  const near = nearest(name, anchors);
  return { code: 'broken-anchor', message: `${where} has no heading or anchor "${name}"`, hint: near === undefined ? 'Use the anchor of a heading: its text in lower case, with - for spaces.' : `Did you mean "#${near}"?` };
}

/** What looks like an address of the web, but is none. */
function suggestAddress(target: string): string | undefined {
  const strange = /[^\S ]|[\u00a0\u200b-\u200d\u2060\ufeff]/u.exec(target)?.[0];
  if (strange !== undefined) return `It holds the invisible sign U+${strange.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}; take it out.`;
  return /^(?:[\w-]+\.)+(?:com|dev|io|net|org)(?:\/|$)/i.test(target) ? 'Begin an address of the web with https://.' : undefined;
}

/** The nearest name in the folder, or the folder that is not there. */
function suggestFile(file: string): string {
  const folder = dirname(file);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return `There is no folder ${basename(folder)} either; correct the path.`;
  const names = readdirSync(folder);
  const exact = names.find((name) => name === `${basename(file)}.md`);
  const near = exact ?? names.find((name) => name.toLowerCase() === basename(file).toLowerCase()) ?? nearest(basename(file), names);
  return near === undefined ? 'Correct the path; it counts from the document.' : `Did you mean "${near}"?`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text; // a lone % is just a sign
    throw error;
  }
}
