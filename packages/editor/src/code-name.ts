// The names in a step's code: which of them are used or published where, and which may be used there at all.
import { readScriptNames, readShellNames } from '@runbook/model';
import type { NameUse, Runbook, Step } from '@runbook/model';
import { knownNames } from './card.ts';
import type { KnownName } from './card.ts';

/** How a step's code is read for names; undefined where names are nothing but words of another language. */
export function codeReader(step: Pick<Step, 'kind' | 'language' | 'interpreter'>): ((source: string) => { readonly exports: readonly NameUse[]; readonly uses: readonly NameUse[] }) | undefined {
  if (step.kind === 'script') return readScriptNames;
  const shell = ['bash', 'sh', 'shell', 'zsh'].includes(step.language) || step.language === '';
  return step.kind === 'shell' && shell ? readShellNames : undefined;
}

/** The name that stands at an offset of a step's code, as a use or as what it publishes. */
export function nameAt(step: Step, offset: number): NameUse | undefined {
  const names = codeReader(step)?.(step.source);
  return [...(names?.exports ?? []), ...(names?.uses ?? [])].find((use) => offset >= use.offset && offset <= use.offset + use.name.length);
}

/** Where a step publishes a name; undefined when its code does not say so. */
export function exportOf(step: Step, name: string): NameUse | undefined {
  return codeReader(step)?.(step.source).exports.find((use) => use.name === name);
}

/** The inputs, and the outputs that are published before a step runs, in the order of the document. */
export function namesBefore(runbook: Runbook, step: Step): KnownName[] {
  const places = new Map(runbook.steps.map((one, index) => [one.id, index]));
  // A verifier runs before its step; what follows a failure runs last.
  const place = step.undoes !== undefined || step.onFailure ? Number.POSITIVE_INFINITY : (places.get(step.verifies ?? step.id) ?? 0);
  return [...knownNames(runbook).values()]
    .filter((known) => known.kind === 'input' || known.steps.some((publisher) => publisher.id !== step.id && (places.get(publisher.id) ?? 0) < place))
    .sort((a, b) => Number(a.kind === 'output') - Number(b.kind === 'output'));
}
