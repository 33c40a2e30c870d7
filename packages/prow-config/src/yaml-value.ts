// What a value read from YAML is, and how a reader of such values reports what is wrong with one.
import type { Severity } from '@runbook/problem';
import type { ProblemCode } from './problem-code.ts';

/** Reports a problem at a path of the document. */
export type Report = (path: readonly (string | number)[], problem: { code: ProblemCode; severity?: Severity; message: string; hint: string }) => void;

/** True for a mapping. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, with its article, for messages. */
export function nounOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}
