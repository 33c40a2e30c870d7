// How every command that checks something shows its problems: for people, as JSON, as annotations of a pull request, as SARIF.
import { hasErrors, type Problem } from '@runbook/problem';
import { parseProblemRules, problemCount, problemsJson, renderGithubProblems, renderProblems, renderSarif } from '@runbook/render';
import { readFileSync } from 'node:fs';
import { print, say, stderrStyle, stdoutStyle } from './console.ts';
import { exitCodes, UsageError } from './exit.ts';
import { errorsPage } from './places.ts';
import { version } from './version.ts';

const formats = ['text', 'json', 'github', 'sarif'] as const;

/** A form in which problems are shown. */
export type ProblemFormat = (typeof formats)[number];

/** Reads `--format` and `--json`. @throws UsageError for a format that does not exist */
export function readProblemFormat({ json, format }: { readonly json?: boolean; readonly format?: string }): ProblemFormat {
  if (json === true) return 'json';
  const found = formats.find((known) => known === (format ?? 'text'));
  if (found === undefined) throw new UsageError(`--format ${format ?? ''}: expected ${formats.slice(0, -1).join(', ')} or ${formats.at(-1) ?? ''}.`);
  return found;
}

/**
 * Shows problems, and gives the exit code that they mean: 2 when one of them is an error.
 * @param texts the text of every file that was looked at, by its name
 */
export function showProblems(format: ProblemFormat, problems: readonly Problem[], texts: ReadonlyMap<string, string>): number {
  const files = texts.size;
  if (format === 'text') print(renderProblems(problems, (file) => texts.get(file), { ...stdoutStyle(), files }));
  else if (format === 'json') print(problemsJson(problems));
  else if (format === 'sarif') print(renderSarif(problems, { version, rules: parseProblemRules(readFileSync(errorsPage, 'utf8')) }));
  else {
    if (problems.length > 0) print(renderGithubProblems(problems));
    say(problemCount(problems, { palette: stderrStyle().palette, files }));
  }
  return hasErrors(problems) ? exitCodes.usage : exitCodes.done;
}
