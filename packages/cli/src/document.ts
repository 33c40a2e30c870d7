// A document from disk to a plan. Anything wrong with it is shown with its place, and ends the command with 2.
import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { hasErrors, type Problem } from '@runbook/problem';
import { checkRequires, linkIncludes, parseRunbook, planRun, resolveInputs, type Included, type Json, type LoadDocument, type Plan, type PlannedInput, type Runbook, type ScopeInputs, type SecretsMode } from '@runbook/model';
import { renderProblems } from '@runbook/render';
import { stderrStyle } from './console.ts';
import { UsageError } from './exit.ts';
import { loadFromDisk, remember, resolveScopes, type ScopeValues } from './included.ts';
import { homeOf } from '@runbook/runner';
import { version } from './version.ts';

/** A plan with the values behind it. */
export interface PlannedDocument {
  readonly runbook: Runbook;
  readonly plan: Plan;
  readonly values: Readonly<Record<string, Json>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** What included documents work with, by the id of their scope. */
  readonly scopes: Readonly<Record<string, ScopeValues>>;
  readonly warnings: readonly Problem[];
}

/** Reads a document as UTF-8. What is none is read as well as it goes: enough to look at it, not to run it. */
export function readDocument(file: string): string {
  return readBytes(file).toString('utf8');
}

/** Reads a document that is to run. @throws UsageError (2) also where it is no text */
export function readRunbook(file: string): string {
  const bytes = readBytes(file);
  if (!isUtf8(bytes) || bytes.includes(0)) throw new UsageError(`${file}: it is not text in UTF-8. Give a Markdown file, or convert it.`);
  return bytes.toString('utf8');
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : code === 'EACCES' ? 'it may not be read' : String(cause);
    throw new UsageError(`${file}: ${why}. Give the path of a Markdown file.`, undefined, { cause });
  }
}

/**
 * Ends the command when one of the problems is an error, showing them all with their places.
 * @param more texts of further files that problems are of.
 */
export function insistOnDocument(problems: readonly Problem[], file: string, text: string, more: Readonly<Record<string, string>> = {}): void {
  if (!hasErrors(problems)) return;
  throw new UsageError(renderProblems(problems, (name) => (name === file ? text : more[name]), stderrStyle()).trimEnd());
}

/** A sound document: parsed once, planned as often as needed. */
export interface SoundDocument {
  readonly runbook: Runbook;
  readonly warnings: readonly Problem[];
  readonly includes: ReadonlyMap<string, Included>;
  /** The texts of included documents, by file. */
  readonly texts: Readonly<Record<string, string>>;
}

/**
 * Parses a document and what it includes, and insists that all of it is sound.
 * @param more what else may be wrong with a runbook for the command at hand.
 */
export function parseDocument(file: string, text: string, more: (runbook: Runbook) => readonly Problem[] = () => []): SoundDocument {
  const { runbook, problems } = parseRunbook(text, file);
  const { load, texts } = remember(loadFromDisk(homeOf(file, process.cwd())));
  const linked = linkIncludes(runbook, load);
  const all = [...problems, ...linked.problems, ...[runbook, ...included(linked.includes)].flatMap((each) => [...more(each), ...unmetRequirement(each)])];
  insistOnDocument(all, file, text, texts);
  return { runbook, warnings: all, includes: linked.includes, texts };
}

/** Whether a document asks for another version than this one. */
export function unmetRequirement({ requires, file, text }: Runbook): Problem[] {
  if (requires === undefined) return [];
  const before = text.slice(0, Math.max(0, text.search(/^[ \t{]*["']?requires["']?[ \t]*[:=]/m))).split(/\r\n?|\n/);
  const unmet = checkRequires(requires, version, { file, line: before.length, column: 1 });
  return unmet === undefined ? [] : [unmet];
}

function included(includes: ReadonlyMap<string, Included>): Runbook[] {
  return [...includes.values()].flatMap(({ runbook, includes: nested }) => [runbook, ...included(nested)]);
}

/** Links the includes of a runbook that is sound, from where its texts are kept. */
export function relink(runbook: Runbook, load: LoadDocument): ReadonlyMap<string, Included> {
  return linkIncludes(runbook, load).includes;
}

/** How inputs are resolved for a command. */
export interface PlanningOptions {
  readonly given: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly examples: boolean;
  readonly secrets: SecretsMode;
  /** Secrets that were typed at a prompt or read from a file. */
  readonly secretValues?: Readonly<Record<string, string>>;
}

/** Resolves the inputs of a sound document and plans; problems of either end the command with 2. */
export function planDocument({ runbook, warnings, includes, texts }: SoundDocument, options: PlanningOptions): PlannedDocument {
  const { file, text } = runbook;
  const unknown = Object.keys(options.given).filter((name) => !runbook.inputs.some((input) => input.name === name));
  if (unknown.length > 0) {
    const known = runbook.inputs.map((input) => input.name).join(', ') || 'none';
    throw new UsageError(`${file}  unknown-input: there is no input ${unknown.join(', ')}; the inputs are: ${known}.`);
  }
  const from = { env: options.env, examples: options.examples, secrets: options.secrets };
  const inputs = resolveInputs(runbook.inputs, options.given, { ...from, file, ...(options.secretValues === undefined ? {} : { secretValues: options.secretValues }) });
  const { scopes, problems } = resolveScopes(includes, from);
  insistOnDocument([...inputs.problems, ...problems], file, text, texts);
  const plan = planWith(runbook, inputs.planned, { includes, inputs: Object.fromEntries(Object.entries(scopes).map(([id, scope]) => [id, scope.planned])) });
  return { runbook, warnings, plan, values: inputs.values, secrets: inputs.secrets, scopes };
}

/** Where the sessions of a document begin: where its front matter says, else in the run's work folder. */
export function firstFolder({ file, cwd }: { readonly file: string; readonly cwd?: string }, work: string): string {
  return cwd === undefined ? work : resolve(dirname(file), cwd);
}

/** Insists on the folders that front matters name with `cwd`. */
export function insistOnFolders({ runbook, scopes = [] }: Pick<Plan, 'runbook' | 'scopes'>): void {
  for (const document of [runbook, ...scopes]) {
    const folder = firstFolder(document, '.');
    if (!existsSync(folder)) throw new UsageError(`${document.file}: its front matter has cwd: ${document.cwd ?? ''}, and there is no folder ${folder}. Make it, or correct the path, which starts in the document's folder.`);
  }
}

/** Plans a sound runbook with inputs that are resolved already. */
export function planWith(runbook: Runbook, planned: Readonly<Record<string, PlannedInput>>, linked: { readonly includes: ReadonlyMap<string, Included>; readonly inputs: ScopeInputs }): Plan {
  const { plan, problems } = planRun(runbook, planned, linked);
  insistOnDocument(problems, runbook.file, runbook.text);
  if (plan === undefined) throw new Error('a plan without problems must be there');
  return plan;
}
