// Documents that a document includes: found, parsed, and held to what the include says of them. The text of a document is
// handed in, so this stays pure; whoever hands it in decides what may be read at all.
import type { Problem } from '@runbook/problem';
import { parseRunbook } from './document.ts';
import { parseBindings, type Binding } from './include-binding.ts';
import { didYouMean, makeProblem, nearestOf, type ProblemCode } from './problem-code.ts';
import type { Runbook, Step } from './runbook.ts';

/** What was found behind the link of an include. */
export type LoadedDocument =
  /** `file` names it in messages and is the same for the same document, however it is linked. */
  | { readonly kind: 'document'; readonly file: string; readonly text: string }
  | { readonly kind: 'absent' }
  /** It is not below the folder that holds the first document, or it is no file at all. */
  | { readonly kind: 'outside'; readonly why: string };

/** Finds the document behind a link. @param target as linked @param from the file of the document that links */
export type LoadDocument = (target: string, from: string) => LoadedDocument;

/** An included document, and what it gets from the one that includes it. */
export interface Included {
  readonly runbook: Runbook;
  readonly bindings: Readonly<Record<string, Binding>>;
  /** By the id of the including step of this document. */
  readonly includes: ReadonlyMap<string, Included>;
}

/** The documents that a document includes, by the id of the including step. */
export interface LinkedIncludes {
  readonly includes: ReadonlyMap<string, Included>;
  /** Of the includes, and of the included documents themselves, with their own files and places. */
  readonly problems: readonly Problem[];
}

/** More are never meant: two documents that include two each, twenty deep, would be a million. */
const most = 200;

/** Links the includes of a document, and theirs. Never throws unless `load` does. (DESIGN §3, includes.) */
export function linkIncludes(runbook: Runbook, load: LoadDocument): LinkedIncludes {
  const problems: Problem[] = [];
  const told = new Set<string>();
  let count = 0;
  const link = (parent: Runbook, chain: readonly string[]): ReadonlyMap<string, Included> => {
    const includes = new Map<string, Included>();
    for (const step of parent.steps.filter((candidate) => candidate.kind === 'include')) {
      const complain = (code: ProblemCode, message: string, hint: string): void => {
        problems.push(makeProblem(code, parent.file, step, message, hint));
      };
      const found = load(step.target ?? '', parent.file);
      count += 1;
      if (found.kind === 'absent') complain('include-not-found', `there is no document ${step.target ?? ''}`, 'Link a Markdown file, by its path from this one.');
      else if (found.kind === 'outside') complain('include-outside', `${step.target ?? ''} cannot be included: ${found.why}`, 'Include files of the same repository only.');
      else if (chain.includes(found.file)) complain('include-cycle', `${[...chain, found.file].join(' includes ')}: that never ends`, 'Take one of the includes out.');
      else if (count > most) complain('include-cycle', `more than ${most} documents are included`, 'Include fewer.');
      else {
        const parsed = parseRunbook(found.text, found.file);
        if (!told.has(found.file)) problems.push(...parsed.problems);
        told.add(found.file);
        const bindings = parseBindings(step.attributes.with ?? '');
        checkBindings({ step, parent, child: parsed.runbook, bindings, complain });
        checkOutputs(step, parsed.runbook, complain);
        const clash = parent.steps.find((other) => other.id.startsWith(`${step.id}/`));
        if (clash !== undefined) complain('duplicate-name', `"${clash.id}" (line ${clash.line}) looks like a step of the include "${step.id}"`, 'Rename one of them.');
        includes.set(step.id, { runbook: parsed.runbook, bindings, includes: link(parsed.runbook, [...chain, found.file]) });
      }
    }
    return includes;
  };
  const includes = link(runbook, [runbook.file]);
  for (const [id, included] of includes) checkEffect(runbook, id, included, problems);
  return { includes, problems };
}

interface Linking {
  readonly step: Step;
  readonly parent: Runbook;
  readonly child: Runbook;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly complain: (code: ProblemCode, message: string, hint: string) => void;
}

/** What is handed over must be there, be wanted, and stay a secret where it is one. */
function checkBindings({ step, parent, child, bindings, complain }: Linking): void {
  const inputs = new Map(child.inputs.map((input) => [input.name, input]));
  const own = new Map(parent.inputs.map((input) => [input.name, input.type === 'secret'] as const));
  // one that comes too late is told by parseRunbook
  const outputs = parent.steps.flatMap((other) => other.publishes);
  for (const [name, binding] of Object.entries(bindings)) {
    const input = inputs.get(name);
    if (input === undefined) complain('include-input', `${step.target ?? ''} has no input "${name}"`, didYouMean(nearestOf(name, inputs.keys()), inputs.size === 0 ? 'It has no inputs.' : `There are ${[...inputs.keys()].join(', ')}.`));
    else if (binding.kind === 'text' && input.type === 'secret') complain('include-input', `"${name}" is a secret and would stand in the document`, 'Hand over a secret input: with="name=$name".');
    else if (binding.kind === 'from') {
      const isSecret = own.get(binding.name);
      if (isSecret === undefined && !outputs.includes(binding.name)) complain('include-input', `"$${binding.name}" is neither an input nor an output`, didYouMean(nearestOf(binding.name, [...own.keys(), ...outputs]), 'Leave out the $ for plain text.'));
      else if ((isSecret === true) !== (input.type === 'secret')) complain('include-input', `"$${binding.name}" is ${isSecret === true ? 'a secret' : 'no secret'}, and the input "${name}" of ${step.target ?? ''} is ${input.type === 'secret' ? 'one' : 'none'}`, 'Give both the type secret, or neither.');
    }
  }
}

function checkOutputs(step: Step, child: Runbook, complain: Linking['complain']): void {
  const published = new Set(child.steps.flatMap((other) => other.publishes));
  for (const name of step.publishes.filter((candidate) => !published.has(candidate))) {
    complain('include-output', `no step of ${step.target ?? ''} publishes "${name}"`, didYouMean(nearestOf(name, published), published.size === 0 ? 'It publishes nothing.' : `It publishes ${[...published].join(', ')}.`));
  }
}

/** An include that says it only reads must hold no step that writes. */
function checkEffect(parent: Runbook, id: string, included: Included, problems: Problem[]): void {
  const step = parent.steps.find((candidate) => candidate.id === id);
  const allowed = step?.effectDeclared === true ? { read: 0, local: 1, write: 2 }[step.effect] : 2;
  const worst = included.runbook.steps.find((candidate) => candidate.kind !== 'include' && { read: 0, local: 1, write: 2 }[candidate.effect] > allowed);
  if (step !== undefined && worst !== undefined) problems.push(makeProblem('include-effect', parent.file, step, `the include says effect=${step.effect}, but "${worst.id}" of ${included.runbook.file} (line ${worst.line}) is effect=${worst.effect}`, `Say effect=${worst.effect} here.`));
  for (const [inner, nested] of included.includes) checkEffect(included.runbook, inner, nested, problems);
}
