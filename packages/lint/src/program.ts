// Which programs the shell steps of a document start, so that a machine can be asked whether it has them. Reads text only.
import { forEachChild, parse } from 'unbash';
import type { SyntaxNode } from 'unbash';
import { locateInStep } from '@runbook/model';
import type { Runbook, Step } from '@runbook/model';
import { indexLines } from '@runbook/problem';
import { readInvocation } from './invocation.ts';

/** A program, and where a document starts it first. */
export interface ProgramUse {
  /** A name that is looked up in PATH, or an absolute path. */
  readonly name: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** What bash does by itself (`compgen -bk`). */
const builtins: ReadonlySet<string> = new Set(
  '. : [ alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown echo enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt source suspend test time times trap true type typeset ulimit umask unalias unset wait'.split(' '),
);

/**
 * The programs of a runbook's shell steps and their interpreters, each once, in the order of the document. What a step defines
 * as a function or alias is none; neither is a path that counts from a folder only the run knows.
 */
export function listPrograms(runbook: Runbook): readonly ProgramUse[] {
  const lines = indexLines(runbook.text);
  const uses: ProgramUse[] = [];
  const own = new Set<string>(builtins);
  for (const step of runbook.steps) {
    if (step.kind !== 'shell') continue;
    const runner = step.interpreter?.trim().split(/\s+/)[0] ?? (step.language === 'zsh' ? 'zsh' : 'bash');
    uses.push({ name: runner, line: step.line, column: step.column });
    if (step.interpreter !== undefined || step.language === 'zsh') continue;
    const locate = locateInStep(lines, step);
    readStep(step, own, (name, offset) => uses.push({ name, ...locate(offset) }));
  }
  const seen = new Set<string>();
  return uses.filter(({ name }) => {
    const isNew = !own.has(name) && !seen.has(name) && (!name.includes('/') || name.startsWith('/'));
    seen.add(name);
    return isNew;
  });
}

function readStep(step: Step, own: Set<string>, add: (name: string, offset: number) => void): void {
  const script = parse(step.source);
  if ((script.errors ?? []).length > 0) return; // told as shell-syntax
  const visit = (node: SyntaxNode, depth: number): void => {
    if (node.type === 'Function') own.add(node.name.value);
    if (node.type === 'Command' && node.name !== undefined) {
      const { value } = node.name;
      const words = node.args.map((word) => (word.type === 'Assignment' ? word.name : word.value));
      if (value === 'alias') for (const word of words) own.add(word.split('=')[0] ?? '');
      // `command -v x` asks whether x is there; that is the very opposite of needing it.
      const asks = value === 'command' && words.some((word) => /^-[vV]/.test(word));
      if (!/[$`*?~]/.test(value)) add(value, node.pos);
      const inner = asks ? undefined : readInvocation(node)?.name;
      if (inner !== undefined && !value.endsWith(inner) && !/[$`*?~]/.test(inner)) add(inner, node.pos);
    }
    if (depth < 200) forEachChild(node, (child) => visit(child, depth + 1));
  };
  visit(script, 0);
}
