// The `requires` of the front matter: which versions of the command can run a document. A small part of what package managers
// know: comparisons with blanks between, all of which must hold; no caret, no tilde, no wildcards.
import type { Place, Problem } from '@runbook/problem';
import { makeProblem } from './problem-code.ts';

interface Comparison {
  readonly sign: string;
  readonly parts: readonly number[];
}

/** Reads `runbook >= 0.1 < 2`; undefined when it is something else. */
export function parseRequirement(requires: string): readonly Comparison[] | undefined {
  const rest = /^runbook((?:\s*(?:>=|<=|[<>=])\s*\d{1,6}(?:\.\d{1,6}){0,2}){1,20})$/.exec(requires)?.[1];
  if (rest === undefined) return undefined;
  return [...rest.matchAll(/([<>=]+)\s*([\d.]+)/g)].map((match) => ({ sign: match[1] ?? '', parts: (match[2] ?? '').split('.').map(Number) }));
}

/**
 * The problem `unmet-requirement` when a version of the command may not run a document, else undefined. As many parts are
 * compared as the requirement names: 0.1.7 is `= 0.1`, and not `> 0.1`. A pre-release counts as the version it leads to.
 * What is no requirement at all was told by `parseRunbook` and is no problem here.
 * @param requires the runbook's `requires`.
 * @param version of the command, for example `0.1.0`.
 * @param place where to tell it; the document's first line unless given.
 */
export function checkRequires(requires: string, version: string, place: Place = { file: '', line: 1, column: 1 }): Problem | undefined {
  const own = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [0, 0, 0];
  const unmet = parseRequirement(requires)?.find((comparison) => !holds(comparison, own));
  if (unmet === undefined) return undefined;
  const wanted = `${unmet.sign} ${unmet.parts.join('.')}`;
  return makeProblem('unmet-requirement', place.file, place, `the document requires runbook ${wanted}, and this is ${version}`, unmet.sign.startsWith('<') ? 'Use an older runbook, or adapt the document.' : 'Install a version that fits.');
}

function holds({ sign, parts }: Comparison, own: readonly number[]): boolean {
  const difference = parts.map((part, index) => (own[index] ?? 0) - part).find((part) => part !== 0) ?? 0;
  return difference === 0 ? sign.includes('=') : sign.startsWith(difference > 0 ? '>' : '<');
}
