// What a shell offers for the last word. Reads documents and folders, runs nothing, and is silent where something is missing
// or broken: a completion must never get in the way of typing. Words come from foreign documents, so what a terminal or a
// shell script could take for more than a word is left out.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { safeText } from '@runbook/access';
import { storedDocument, storedRunIds } from './stored-run.ts';
import { findWanted } from './wanted.ts';
import type { Wanted } from './wanted.ts';

/** One offer. A value that ends in `/` or `=` goes on: no blank belongs behind it. */
export interface Candidate {
  readonly value: string;
  readonly about: string;
}

/** Where the words are typed. */
export interface CompletionPlace {
  readonly folder: string;
}

const longestAbout = 60;
/** Bytes; a larger document is not read while somebody waits for a key. */
const largestDocument = 4_000_000;

/** The offers for the last of the words behind `runbook`. Never rejects. */
export async function findCandidates(program: Command, words: readonly string[], place: CompletionPlace): Promise<Candidate[]> {
  const wanted = findWanted(program, words);
  const offers = await offersOf(wanted, place).catch((): Candidate[] => []);
  return offers
    .filter(({ value }) => value.startsWith(wanted.typed) && isWord(value))
    .map(({ value, about }) => ({ value: `${wanted.lead}${value}`, about: shorten(about) }));
}

/** Whether a value is nothing but a word or name: no line ends, nothing that a terminal obeys. */
function isWord(value: string): boolean {
  return value !== '' && !/[\t\n]/.test(value) && safeText(value) === value;
}

function shorten(about: string): string {
  const line = safeText(about).replace(/\s+/g, ' ').trim();
  return line.length > longestAbout ? `${line.slice(0, longestAbout - 1)}…` : line;
}

async function offersOf(wanted: Wanted, place: CompletionPlace): Promise<Candidate[]> {
  const { of, command } = wanted;
  if (of.kind === 'nothing') return [];
  if (of.kind === 'commands') return command.createHelp().visibleCommands(command).map((one) => ({ value: one.name(), about: one.description() }));
  if (of.kind === 'flags') return of.options.map((option) => ({ value: option.long ?? '', about: option.description }));
  if (of.choices !== undefined) return of.choices.map((value) => ({ value, about: '' }));
  switch (of.name) {
    case 'file':
    case 'path':
      return listFiles(place.folder, wanted.typed, of.isOption ? () => true : isMarkdown);
    case 'dir':
      return listFiles(place.folder, wanted.typed, () => false);
    case 'run':
      return storedRunIds(place.folder).map((value) => ({ value, about: '' }));
    case 'step':
      return wanted.operands.has('run') ? stepsOfRun(wanted, place) : stepsOf(await readRunbook(place.folder, wanted.operands.get('file')));
    case 'name=value':
      return inputsOf(await readRunbook(place.folder, wanted.operands.get('file')), wanted.typed, place);
    default:
      return [];
  }
}

const isMarkdown = (name: string): boolean => /\.(?:md|markdown)$/i.test(name);

/** Files that fit, and folders on the way to others, below the part of the path that is typed already. */
function listFiles(folder: string, typed: string, fits: (name: string) => boolean): Candidate[] {
  const lead = typed.slice(0, typed.lastIndexOf('/') + 1);
  const below = lead.startsWith('~/') ? join(homedir(), lead.slice(2)) : lead.startsWith('/') ? lead : join(folder, lead);
  const hidden = typed.slice(lead.length).startsWith('.');
  return readdirSync(below, { withFileTypes: true })
    .filter((entry) => hidden || !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && statSync(join(below, entry.name), { throwIfNoEntry: false })?.isDirectory() === true);
      if (isFolder) return [{ value: `${lead}${entry.name}/`, about: 'folder' }];
      return fits(entry.name) ? [{ value: `${lead}${entry.name}`, about: '' }] : [];
    })
    .sort((a, b) => Number(a.value.endsWith('/')) - Number(b.value.endsWith('/')) || (a.value < b.value ? -1 : 1));
}

type Read = Awaited<ReturnType<typeof readRunbook>>;

async function readRunbook(folder: string, file: string | undefined) {
  if (file === undefined) return undefined;
  const path = file.startsWith('~/') ? join(homedir(), file.slice(2)) : file.startsWith('/') ? file : join(folder, file);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size > largestDocument) return undefined;
  const { parseRunbook } = await import('@runbook/model');
  return parseRunbook(readFileSync(path, 'utf8'), file).runbook;
}

function stepsOf(runbook: Read, wants: (kind: string) => boolean = () => true): Candidate[] {
  return (runbook?.steps ?? []).filter((step) => wants(step.kind)).map((step) => ({ value: step.id, about: `${step.kind}${step.kind === 'manual' ? '' : `, ${step.effect}`}${step.heading.length === 0 ? '' : `: ${step.heading.at(-1) ?? ''}`}` }));
}

/** `name=` for each input; behind it the values that are known, or a file behind `@`. */
function inputsOf(runbook: Read, typed: string, place: CompletionPlace): Candidate[] {
  const inputs = runbook?.inputs ?? [];
  const at = typed.indexOf('=');
  if (at === -1) return inputs.map((input) => ({ value: `${input.name}=`, about: [input.type, input.description ?? ''].filter((part) => part !== '').join(': ') }));
  const input = inputs.find((one) => one.name === typed.slice(0, at));
  if (input === undefined) return [];
  const lead = `${input.name}=`;
  if (typed.startsWith(`${lead}@`)) return listFiles(place.folder, typed.slice(lead.length + 1), () => true).map(({ value, about }) => ({ value: `${lead}@${value}`, about }));
  const known = input.type === 'boolean' ? ['true', 'false'] : [...(input.choices ?? []), ...[input.default, input.example].filter((value) => typeof value === 'string' || typeof value === 'number').map(String)];
  return [...new Set(known)].map((value) => ({ value: `${lead}${value}`, about: '' }));
}

async function stepsOfRun(wanted: Wanted, place: CompletionPlace): Promise<Candidate[]> {
  const document = storedDocument(place.folder, wanted.operands.get('run') ?? '');
  if (document === undefined) return [];
  const { parseRunbook } = await import('@runbook/model');
  return stepsOf(parseRunbook(document, '').runbook, (kind) => wanted.command.name() !== 'approve' || kind === 'manual');
}
