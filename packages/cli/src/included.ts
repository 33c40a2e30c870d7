// Documents that a document includes: read from disk for a new run, from the run's own folder for one that goes on. What is
// read stays below the folder that holds the first document's repository.
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { resolveInputs, type Included, type InputOptions, type Json, type LoadDocument, type PlannedInput } from '@runbook/model';
import type { Problem } from '@runbook/problem';

/** Reads included documents from disk. @param root nothing outside of this folder is read, links of the file system followed */
export function loadFromDisk(root: string): LoadDocument {
  return (target, from) => {
    if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return { kind: 'outside', why: 'it is no path of a file' };
    const file = join(dirname(from), decode(target.split('#')[0] ?? ''));
    if (!/\.(?:md|markdown)$/i.test(file)) return { kind: 'outside', why: 'it is no Markdown file' };
    let real: string;
    try {
      real = realpathSync(resolve(file));
    } catch {
      // there is no such file, or a link that leads nowhere
      return { kind: 'absent' };
    }
    const way = relative(realpathSync(root), real);
    if (way.startsWith('..') || isAbsolute(way)) return { kind: 'outside', why: `it is not below ${root}` };
    if (!statSync(real).isFile()) return { kind: 'outside', why: 'it is no file' };
    return { kind: 'document', file, text: readFileSync(real, 'utf8') };
  };
}

function decode(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    // a % that stands for itself
    return target;
  }
}

/** The texts that a loader handed out, by file, so that a run can keep them. */
export function remember(load: LoadDocument): { readonly load: LoadDocument; readonly texts: Readonly<Record<string, string>> } {
  const texts: Record<string, string> = {};
  return {
    texts,
    load: (target, from) => {
      const found = load(target, from);
      if (found.kind === 'document') texts[found.file] = found.text;
      return found;
    },
  };
}

const keptIn = (runFolder: string, document: string): string => join(runFolder, `${document}.included.json`);

/** Keeps the included documents of a run beside the text that includes them. @param document name of that text's file, without `.md` */
export function keepIncluded(runFolder: string, texts: Readonly<Record<string, string>>, document = 'document'): void {
  if (Object.keys(texts).length > 0) writeFileSync(keptIn(runFolder, document), JSON.stringify(texts), { mode: 0o600 });
}

/** The included documents that a run keeps, by file. */
export function keptTexts(runFolder: string, document = 'document'): Readonly<Record<string, string>> {
  const file = keptIn(runFolder, document);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>) : {};
}

/** Finds included documents among the texts that a run keeps. */
export function loadKept(texts: Readonly<Record<string, string>>): LoadDocument {
  return (target, from) => {
    const file = join(dirname(from), decode(target.split('#')[0] ?? ''));
    const text = Object.hasOwn(texts, file) ? texts[file] : undefined;
    return text === undefined ? { kind: 'absent' } : { kind: 'document', file, text };
  };
}

/** What an included document works with, by the id of its scope. */
export interface ScopeValues {
  readonly planned: Readonly<Record<string, PlannedInput>>;
  readonly values: Readonly<Record<string, Json>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** How inputs of included documents are resolved. */
export interface ScopeOptions extends Omit<InputOptions, 'file'> {
  /** Looks at secrets alone: the others are known already. */
  readonly onlySecrets?: boolean;
}

/** Resolves the inputs of included documents that are not handed over by name. */
export function resolveScopes(includes: ReadonlyMap<string, Included>, options: ScopeOptions, prefix = ''): { readonly scopes: Readonly<Record<string, ScopeValues>>; readonly problems: readonly Problem[] } {
  const scopes: Record<string, ScopeValues> = {};
  const problems: Problem[] = [];
  for (const [step, { runbook, bindings, includes: nested }] of includes) {
    const id = `${prefix}${step}`;
    const declared = runbook.inputs.filter((input) => bindings[input.name]?.kind !== 'from' && (options.onlySecrets !== true || input.type === 'secret'));
    const given = Object.fromEntries(Object.entries(bindings).flatMap(([name, binding]) => (binding.kind === 'text' && options.onlySecrets !== true ? [[name, binding.text] as const] : [])));
    const { problems: own, ...resolved } = resolveInputs(declared, given, { ...options, file: runbook.file });
    scopes[id] = resolved;
    problems.push(...own.map((problem) => ({ ...problem, hint: `Hand it over where ${id} is included: with="NAME=VALUE" or with="NAME=$name".` })));
    const inner = resolveScopes(nested, options, `${id}/`);
    Object.assign(scopes, inner.scopes);
    problems.push(...inner.problems);
  }
  return { scopes, problems };
}
