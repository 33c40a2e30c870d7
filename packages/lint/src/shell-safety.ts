// What a bash parser tells of the shell steps of a runbook: broken syntax, writes in steps that say they only read, and
// commands that are dangerous as they stand. Reads text only; never runs it. Parsing beyond the model's needs is why this is
// a package of its own: whoever only runs a checked document need not load it.
import { forEachChild, parse } from 'unbash';
import type { Command, Pipeline, SyntaxNode, Word } from 'unbash';
import { locateInStep } from '@runbook/model';
import type { Runbook, Step } from '@runbook/model';
import { indexLines, nearest } from '@runbook/problem';
import type { Problem } from '@runbook/problem';
import { findWrite } from './outside-write.ts';
import { readInvocation, type Invocation } from './invocation.ts';
import { createUndeclaredFinder } from './undeclared-variable.ts';
import { makeLintProblem } from './lint-code.ts';
import type { LintCode } from './lint-code.ts';

const bashLike: ReadonlySet<string> = new Set(['bash', 'sh', 'shell']);
const downloaders: ReadonlySet<string> = new Set(['curl', 'wget']);
const declarers: ReadonlySet<string> = new Set(['export', 'local', 'readonly', 'declare', 'typeset']);
const careful: ReadonlySet<string> = new Set(['rm', 'mv', 'cp', '[', 'test', 'ssh', 'scp']);
const runners = /^(?:ba|z|da|k)?sh$|^(?:python|perl|ruby|node|php)[\d.]*$/;

type Tell = (code: LintCode, offset: number, message: string, hint: string) => void;

/** Problems of the shell steps of a parsed runbook, in the order of the document. Never throws. */
export function lintRunbook(runbook: Runbook): Problem[] {
  const lines = indexLines(runbook.text);
  const problems: Problem[] = [];
  const findUndeclared = createUndeclaredFinder(runbook);
  const names = [...runbook.inputs.map((input) => input.name), ...runbook.steps.flatMap((step) => step.publishes)];
  for (const step of runbook.steps) {
    if (step.kind !== 'shell' || !bashLike.has(step.language) || step.interpreter !== undefined) continue;
    const locate = locateInStep(lines, step);
    const tell: Tell = (code, offset, message, hint) => {
      problems.push(makeLintProblem(code, { file: runbook.file, ...locate(offset) }, message, hint));
    };
    if (!lintStep(step, tell)) continue;
    for (const { name, offset } of findUndeclared(step)) {
      const near = nearest(name, names);
      tell('undeclared-variable', offset, `nothing in this document gives "${name}" a value, so the step ends there`, near === undefined ? `Declare it under inputs, assign it, or write \${${name}:-}.` : `Did you mean ${near}?`);
    }
  }
  return problems;
}

/** @returns false where the syntax is broken. */
function lintStep(step: Step, tell: Tell): boolean {
  const script = parse(step.source);
  const fault = script.errors?.[0];
  // What follows the first syntax error is guesswork, so nothing else is told.
  if (fault !== undefined) {
    tell('shell-syntax', fault.pos, `this is not valid shell: ${fault.message}`, 'Correct the command.');
    return false;
  }
  const visit = (node: SyntaxNode, depth: number): void => {
    if (node.type === 'Command') lintCommand(node, step, tell);
    if (node.type === 'Pipeline') lintPipeline(node, tell);
    if (depth < 200) forEachChild(node, (child) => visit(child, depth + 1));
  };
  visit(script, 0);
  return true;
}

function lintCommand(command: Command, step: Step, tell: Tell): void {
  const invocation = readInvocation(command);
  if (invocation === undefined) return;
  lintHiddenFailure(invocation.name, command, tell);
  lintQuotes(invocation, tell);
  if (step.effect !== 'write') {
    const write = findWrite(invocation);
    if (write !== undefined) tell(write.sure ? 'write-in-read' : 'maybe-write-in-read', command.pos, `"${write.name}" changes the outside, but the step says effect=${step.effect}`, 'Say effect=write, and add a verifier.');
  }
  if (invocation.name === 'rm' && invocation.words.some((word) => /^-[a-zA-Z]*[rR]/.test(word) || word === '--recursive')) lintRemoval(invocation.nodes, tell);
  if ((runners.test(invocation.name) || invocation.name === 'eval' || invocation.name === 'source' || invocation.name === '.') && invocation.nodes.some(downloads)) {
    tell('download-and-run', command.pos, `"${invocation.name}" runs what is downloaded, unseen`, 'Download to a file, check its digest, then run it.');
  }
}

/** `export x=$(…)`: the status is that of `export`, so a failure inside goes unnoticed. (Bash manual, "Simple Commands".) */
function lintHiddenFailure(name: string, command: Command, tell: Tell): void {
  if (!declarers.has(name)) return;
  const hiding = command.args.find((word) => word.type === 'Assignment' && word.value?.type === 'Word' && runsCommand(word.value.parts ?? []));
  if (hiding !== undefined) tell('hidden-failure', hiding.pos, `"${name}" hides whether the command inside has failed`, `Assign first, then ${name} the name.`);
}

function runsCommand(parts: NonNullable<Word['parts']>): boolean {
  return parts.some((part) => part.type === 'CommandExpansion' || (part.type === 'DoubleQuoted' && part.parts.some((inner) => inner.type === 'CommandExpansion')));
}

/** An empty value or one with a space makes other words of a command that changes things, tests things or runs things elsewhere. */
function lintQuotes(invocation: Invocation, tell: Tell): void {
  const { name, words, nodes } = invocation;
  const isRemoval = name === 'rm' && words.some((word) => /^-[a-zA-Z]*[rR]/.test(word) || word === '--recursive'); // told as unguarded-removal
  if (isRemoval || !(careful.has(name) || findWrite(invocation) !== undefined || (name === 'git' && words.includes('tag')))) return;
  const bare = nodes.find((word) => word.parts?.some((part) => isBare(part)) === true);
  if (bare !== undefined) tell('unquoted-variable', bare.pos, `${bare.text} falls apart when the value is empty or holds a space`, `Write "${bare.text}".`);
}

/** A variable outside of quotes. `$?`, `$#` and their like are numbers; `${#x}` is one; `${x:+…}` is left out on purpose. */
function isBare(part: NonNullable<Word['parts']>[number]): boolean {
  if (part.type === 'SimpleExpansion') return /^\$[A-Za-z_]/.test(part.text);
  return part.type === 'ParameterExpansion' && /^\$\{[A-Za-z_]\w*[^[+]*\}$/.test(part.text);
}

/** `rm -rf $X/…`: with an empty variable this removes from the root. */
function lintRemoval(words: readonly Word[], tell: Tell): void {
  for (const word of words) {
    const [first, second] = word.parts ?? [];
    if (first === undefined) continue;
    const bare = isUnguarded(first);
    const inQuotes = first.type === 'DoubleQuoted' && first.parts[0] !== undefined && isUnguarded(first.parts[0]);
    const rest = word.value.replace(/^\$(?:\{[^}]*\}|\w+)/, '');
    if (!bare && !(inQuotes && (/^\/\*?$/.test(rest) || second?.type === 'Glob'))) continue;
    tell('unguarded-removal', word.pos, `${word.text} removes something else when the variable is empty or holds a space`, 'Write "${NAME:?}/…".');
  }
}

function isUnguarded(part: { readonly type: string; readonly operation?: unknown }): boolean {
  return part.type === 'SimpleExpansion' || (part.type === 'ParameterExpansion' && !(isDefault(part.operation) && part.operation.operator.includes('?')));
}

function isDefault(operation: unknown): operation is { operator: string } {
  return typeof operation === 'object' && operation !== null && 'operator' in operation && typeof operation.operator === 'string';
}

/** `curl … | bash` */
function lintPipeline(pipeline: Pipeline, tell: Tell): void {
  let downloaded = false;
  for (const command of pipeline.commands) {
    const invocation = command.type === 'Command' ? readInvocation(command) : undefined;
    if (invocation === undefined) continue;
    if (downloaded && runners.test(invocation.name) && !invocation.words.some((word) => word === '-c' || word === '-e' || /\.(?:sh|py|pl|rb|js|mjs)$/.test(word))) {
      return tell('download-and-run', pipeline.pos, `"${invocation.name}" runs what is downloaded, unseen`, 'Download to a file, check its digest, then run it.');
    }
    downloaded ||= downloaders.has(invocation.name);
  }
}

/** Whether a word holds `$(curl …)` or `<(curl …)`. */
function downloads(word: Word): boolean {
  let found = false;
  const visit = (node: SyntaxNode, depth: number): void => {
    if (node.type === 'Command' && downloaders.has(readInvocation(node)?.name ?? '')) found = true;
    if (depth < 50) forEachChild(node, (child) => visit(child, depth + 1));
  };
  if (word.parts?.some((part) => part.type === 'CommandExpansion' || part.type === 'ProcessSubstitution' || part.type === 'DoubleQuoted') === true) visit(word, 0);
  return found;
}
