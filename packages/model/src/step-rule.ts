// What steps say of each other: names that must exist, orders that must hold, and the three-valued rules of verifiers, gates
// and retries. (DESIGN §3.) Every rule is here or in name-rule.ts and nowhere else.
import { parseCondition } from './condition.ts';
import { didYouMean, nearestOf } from './problem-code.ts';
import type { Complain } from './problem-code.ts';
import type { DraftStep } from './step.ts';

/** Checks all steps of a document. Problems come in document order of their rule; the caller sorts them. Never throws. */
export function checkSteps(steps: readonly DraftStep[], complain: Complain): void {
  const byId = checkNames(steps, complain);
  const verified = new Map<string, DraftStep>();
  const undone = new Map<string, DraftStep>();
  steps.forEach((entry, index) => {
    checkCombination(entry, complain);
    checkReferences(entry, index, byId, complain);
    checkUnnamed(entry, complain);
    checkOnly(entry, 'verifies', 'duplicate-verifier', verified, complain);
    checkOnly(entry, 'undoes', 'duplicate-undo', undone, complain);
  });
  for (const entry of steps) checkVerification(entry, byId, verified, complain);
}

/** Where each step stands in the document, by id. */
type StepIndex = ReadonlyMap<string, { readonly entry: DraftStep; readonly index: number }>;

function checkNames(steps: readonly DraftStep[], complain: Complain): StepIndex {
  const byId = new Map<string, { entry: DraftStep; index: number }>();
  steps.forEach((entry, index) => {
    const earlier = byId.get(entry.step.id);
    if (earlier === undefined) byId.set(entry.step.id, { entry, index });
    else complain('duplicate-name', entry.draft.spotOf('name'), `the name "${entry.step.id}" is already taken by the step on line ${earlier.entry.step.line}`, 'Give each step a name of its own.');
  });
  return byId;
}

/** Pairs of attributes that contradict each other, with the reason. */
const conflicts: readonly (readonly [string, string, string])[] = [
  ['verifies', 'poll', 'a verifier answers at once'],
  ['verifies', 'undoes', 'a verifier changes nothing'],
  ['verifies', 'on', 'a verifier runs with its step'],
  ['verifies', 'background', 'a verifier is waited for'],
  ['verifies', 'retry', 'a verifier answers at once'],
  ['verifies', 'if', 'a verifier runs with its step'],
  ['undoes', 'on', 'a step either undoes or runs by itself after a failure'],
  ['undoes', 'poll', 'undoing does not wait'],
  ['poll', 'retry', 'a gate tries again by itself'],
  ['poll', 'background', 'a gate is waited for'],
  ['poll', 'interactive', 'a gate tries again by itself'],
  ['retry', 'background', 'a block that runs beside the others is not tried again'],
  ['undoes', 'background', 'undoing is waited for'],
  ['on', 'background', 'what runs after a failure is waited for'],
  ['interactive', 'background', 'there is one terminal, and the blocks that follow use it'],
];

/** Attributes that mean nothing without another. */
const companions: readonly (readonly [string, string, string])[] = [
  ['poll', 'timeout', 'Say how long to wait at most, for example timeout=2h.'],
  ['attempt-timeout', 'poll', 'Use timeout for a step that is no gate.'],
  ['absent', 'verifies', 'It belongs to a verifier.'],
  ['ready', 'background', 'Say background=true.'],
];

function checkCombination({ draft, step }: DraftStep, complain: Complain): void {
  for (const [one, other, reason] of conflicts) {
    if (step.attributes[one] !== undefined && step.attributes[other] !== undefined) complain('attribute-conflict', draft.spotOf(other), `"${one}" and "${other}" do not go together: ${reason}`, 'Leave one of them out.');
  }
  for (const [one, other, hint] of companions) {
    if (step.attributes[one] !== undefined && step.attributes[other] === undefined) complain('attribute-incomplete', draft.spotOf(one), `"${one}" needs "${other}"`, hint);
  }
  for (const key of ['background', 'interactive'] as const) {
    if (step[key] && step.kind !== 'shell') complain('attribute-conflict', draft.spotOf(key), `"${key}" is for shell blocks, and this is a ${step.kind} block`, 'Write it as a shell block that starts a program.');
  }
  const [output] = step.publishes;
  if (step.background && output !== undefined) complain('attribute-conflict', draft.spotOf('background'), `a background block has no end that others wait for, so nobody could use its output "${output}"`, 'Export it in a block that is waited for.');
  const { gate } = step;
  if (gate !== undefined && step.attributes.timeout !== undefined && gate.timeoutMs < gate.pollMs) complain('bad-attribute-value', draft.spotOf('timeout'), 'the gate gives up before its second try: timeout is shorter than poll', 'Wait longer, or poll more often.');
  if (gate !== undefined && step.effect !== 'read') complain('poll-not-read', draft.spotOf('poll'), `a gate runs many times, but this step is effect=${step.effect}${step.effectDeclared ? '' : ' (undeclared)'}`, 'Say effect=read, and read only.');
}

function checkReferences({ draft, step }: DraftStep, index: number, byId: StepIndex, complain: Complain): void {
  const look = (key: string, name: string, mustBeEarlier: boolean): void => {
    const found = byId.get(name);
    if (name === step.id) complain('unknown-step', draft.spotOf(key), `"${key}" names the step itself`, 'Name another step.');
    else if (found === undefined) {
      complain('unknown-step', draft.spotOf(key), `"${key}" names the step "${name}", which does not exist`, didYouMean(nearestOf(name, byId.keys()), 'Give a step that name.'));
    } else if (mustBeEarlier && found.index > index) complain('step-comes-later', draft.spotOf(key), `"${key}" names the step "${name}", which comes later (line ${found.entry.step.line})`, 'Steps run in the order of the document: move one of them.');
  };
  if (step.verifies !== undefined) look('verifies', step.verifies, false);
  if (step.undoes !== undefined) look('undoes', step.undoes, false);
  if (step.ready !== undefined) {
    look('ready', step.ready, false);
    const gate = byId.get(step.ready);
    if (gate !== undefined && gate.entry.step !== step && (gate.index < index || gate.entry.step.gate === undefined)) complain('bad-ready', draft.spotOf('ready'), `"ready" names the step "${step.ready}", which ${gate.entry.step.gate === undefined ? 'does not wait' : 'comes before this one'}`, 'Put a step with poll= and timeout= behind this block; the run waits there until it is met.');
  }
  for (const name of step.needs) look('needs', name, true);
  const condition = step.condition === undefined ? undefined : parseCondition(step.condition);
  if (condition?.kind === 'condition') for (const name of condition.steps) look('if', name, true);
}

function checkUnnamed({ draft, step }: DraftStep, complain: Complain): void {
  if (step.named || step.effect !== 'write' || step.kind === 'include') return;
  if (step.effectDeclared) complain('unnamed-write', draft.spot, 'this step writes and has no name, so a record of it is hard to find again after an edit', 'Say name=….');
  else complain('undeclared-effect', draft.spot, 'this step does not say what it changes, so it counts as a write', 'Say effect=read, effect=local or effect=write, and name a write.');
}

function checkOnly({ draft, step }: DraftStep, key: 'verifies' | 'undoes', code: 'duplicate-verifier' | 'duplicate-undo', seen: Map<string, DraftStep>, complain: Complain): void {
  const target = step[key];
  if (target === undefined) return;
  const earlier = seen.get(target);
  if (earlier === undefined) seen.set(target, { draft, step, names: { exports: [], uses: [], assigns: new Set(), comments: [] } });
  else complain(code, draft.spotOf(key), `"${target}" already has one: the step on line ${earlier.step.line} ${key} it too`, 'Keep one of them.');
}

function checkVerification({ draft, step }: DraftStep, byId: StepIndex, verified: ReadonlyMap<string, DraftStep>, complain: Complain): void {
  const target = step.verifies === undefined ? undefined : byId.get(step.verifies)?.entry;
  if (step.verifies !== undefined && step.effect !== 'read') complain('verifier-not-read', draft.spotOf('verifies'), `a verifier only looks, but this step is effect=${step.effect}${step.effectDeclared ? '' : ' (undeclared)'}`, 'Say effect=read, and read only.');
  if (target?.step.background === true) complain('attribute-conflict', draft.spotOf('verifies'), `"${target.step.id}" runs in the background and is not done when it is verified`, 'Say ready= there, and name a step that waits.');
  if (target?.step.verifies !== undefined && target.step.id !== step.id) complain('attribute-conflict', draft.spotOf('verifies'), `"${target.step.id}" is a verifier itself`, 'Verify the step that does something.');
  const published = new Set(step.publishes);
  const missing = target?.step.publishes.filter((name) => !published.has(name)) ?? [];
  if (target !== undefined && missing.length > 0) complain('verifier-lacks-output', draft.spotOf('verifies'), `"${target.step.id}" publishes ${missing.join(', ')}, its verifier does not; when the step is skipped nobody would`, 'Export the same names in the verifier.');
  if (step.retry > 0 && step.effect === 'write' && !verified.has(step.id)) complain('retry-without-verifier', draft.spotOf('retry'), 'a write that is tried again might be done twice', 'Add a block with verifies= that tells whether it was done.');
}
