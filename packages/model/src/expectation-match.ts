// Whether a step printed what its document expects, and if not, where it differs. Pure; shows output as it is, so whoever
// prints the difference makes it safe for terminals and redacts it first.
import { compilePattern, decode } from './expectation.ts';
import { matchGlob, splitLines } from './expectation-line.ts';
import type { ExpectedLine, Expectation } from './expectation.ts';
import type { Json } from './runbook.ts';

/** What a step printed and how it ended. */
export interface StepOutput {
  readonly stdout: string;
  readonly exitCode: number;
}

/** The answer of a comparison. In a difference `-` is what was expected, `+` what came, a blank what fits. */
export type ExpectationMatch = { readonly ok: true } | { readonly ok: false; readonly diff: string };

/** How many lines before and behind a difference are shown, and how many of the difference itself. */
const context = 3;
const mostLines = 40;
const longestLine = 400;

/** Compares the output of a step with what its document expects. Never throws. (DESIGN §3, `expect`.) */
export function matchExpectation(expectation: Expectation, output: StepOutput): ExpectationMatch {
  const rows = expectation.kind === 'json' ? compareJson(expectation.json, output.stdout) : compareLines(expectation, output.stdout);
  if (expectation.exitCode !== output.exitCode) rows.push(`-[${expectation.exitCode}]`, `+[${output.exitCode}]`);
  return rows.length === 0 ? { ok: true } : { ok: false, diff: rows.join('\n') };
}

function fits(expected: ExpectedLine | undefined, line: string | undefined): boolean {
  if (expected === undefined || line === undefined) return false;
  if (expected.kind === 'text') return expected.text === line;
  if (expected.kind === 'glob') return matchGlob(expected.text, line);
  return compilePattern(expected.text)?.test(line) ?? false;
}

/** The rows of a difference; none when everything fits. */
function compareLines(expectation: Extract<Expectation, { kind: 'lines' }>, stdout: string): string[] {
  const { lines } = expectation;
  const got = splitLines(stdout).map(({ text }) => text);
  const noEol = stdout !== '' && !stdout.endsWith('\n');
  let same = 0;
  while (same < lines.length && fits(lines[same], got[same])) same += 1;
  let behind = 0;
  while (behind < Math.min(lines.length, got.length) - same && fits(lines[lines.length - 1 - behind], got[got.length - 1 - behind])) behind += 1;
  const ending = lines.length > 0 && got.length > 0 && noEol !== expectation.noEol;
  if (same === lines.length && same === got.length && !ending) return [];
  // The ends differ: the last line itself is the difference.
  if (ending && behind > 0) behind = 0;
  if (ending && same === lines.length && same === got.length) same -= 1;
  const marked = (text: string, last: boolean, without: boolean): string => shorten(last && without ? `${text} (no-eol)` : text);
  return [
    ...got.slice(Math.max(0, same - context), same).map((line) => ` ${shorten(line)}`),
    ...fewRows(lines.slice(same, lines.length - behind).map((line, index) => `-${marked(showExpected(line), same + index === lines.length - 1, expectation.noEol)}`)),
    ...fewRows(got.slice(same, got.length - behind).map((line, index) => `+${marked(line, same + index === got.length - 1, noEol)}`)),
    ...got.slice(got.length - behind, got.length - behind + context).map((line) => ` ${shorten(line)}`),
  ];
}

function showExpected({ kind, text }: ExpectedLine): string {
  return kind === 'text' ? text : `${text} (${kind})`;
}

function shorten(line: string): string {
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}

function fewRows(rows: readonly string[]): string[] {
  return rows.length <= mostLines ? [...rows] : [...rows.slice(0, mostLines), `${rows[0]?.[0] ?? ''}… ${rows.length - mostLines} more`];
}

function compareJson(expected: Json, stdout: string): string[] {
  const got = decode(stdout);
  if (got === undefined) return [`-${shorten(JSON.stringify(expected))}`, '+what is not JSON:', ...fewRows(splitLines(stdout).map(({ text }) => `+${shorten(text)}`))];
  const rows: string[] = [];
  compareValue(expected, got.value, '$', rows);
  return rows.length > mostLines ? [...rows.slice(0, mostLines), ' …'] : rows;
}

/** Adds a row for each value of the expected JSON that is missing or different. */
function compareValue(expected: Json, got: Json | undefined, path: string, rows: string[]): void {
  if (rows.length > mostLines || expected === got) return;
  if (isList(expected) && isList(got) && expected.length === got.length) {
    expected.forEach((item, index) => compareValue(item, got[index], `${path}[${index}]`, rows));
  } else if (isRecord(expected) && isRecord(got)) {
    for (const [key, value] of Object.entries(expected)) compareValue(value, Object.hasOwn(got, key) ? got[key] : undefined, `${path}.${key}`, rows);
  } else rows.push(`-${path}: ${shorten(JSON.stringify(expected))}`, `+${path}: ${got === undefined ? 'nothing' : shorten(JSON.stringify(got))}`);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
