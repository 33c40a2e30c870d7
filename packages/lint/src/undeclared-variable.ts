// Variables that nothing in the document gives a value: every block runs with `set -u`, so the step would end there, perhaps
// in the middle of its work. Names in capitals may come from the environment and are left alone.
import { readShellNames, type NameUse, type Runbook, type Step } from '@runbook/model';

/** Names that bash sets itself and that are not in capitals; there are none of interest beyond `_`. */
const ofEnvironment = /^[A-Z_][A-Z0-9_]*$/;
/** `${x:-…}`, `${x-…}`, `${x+…}`, `${x:=…}`, `${x?…}`: the author thought of the case. */
const guarded = /^\$?\{?[A-Za-z_]\w*(?:\[[^\]]*\])?:?[-+=?]/;
/** What gives names that no text of the document shows, or takes their lack for granted. */
const hidden = /(?:^|[;&|({\n])\s*(?:source|\.|eval)\s|\bset\s+\+[a-z]*u|\bset\s+\+o\s+nounset/;

/** Tells which names each shell step of a runbook uses that nobody gives a value; each once a step. */
export function createUndeclaredFinder(runbook: Runbook): (step: Step) => readonly NameUse[] {
  const shellSteps = runbook.steps.filter((step) => step.kind === 'shell');
  const known = new Set<string>([...runbook.inputs.map((input) => input.name), ...runbook.steps.flatMap((step) => step.publishes)]);
  for (const step of shellSteps) for (const name of readShellNames(step.source).assigns) known.add(name);
  if (shellSteps.some((step) => hidden.test(step.source))) return () => [];
  return (step) => {
    const told = new Set<string>();
    return readShellNames(step.source).uses.filter(({ name, offset }) => {
      if (known.has(name) || told.has(name) || ofEnvironment.test(name) || guarded.test(step.source.slice(offset))) return false;
      told.add(name);
      return true;
    });
  };
}
