// Problems of documents as text: each with the line it is about and a caret below the place. Document text is untrusted.
import { formatProblem, indexLines, type Lines, type Problem } from '@runbook/problem';
import type { Palette } from './palette.ts';
import type { TextOptions } from './report-table.ts';
import { clipText, expandTabs, oneLine, safeLines, textWidth } from './width.ts';
import { safeText } from '@runbook/access';

/** How problems are shown. */
export interface ProblemTextOptions extends TextOptions {
  /** How many files were looked at, for the closing line; those with problems unless said. */
  readonly files?: number;
}

/**
 * Problems for people: `file:line:col  code: what is wrong. What to do.`, the line with its neighbour above, a caret, and a
 * closing line with the counts. Ends with a line feed.
 * @param textOf the text of a file, or undefined where it is not at hand; then the frame is left out.
 */
export function renderProblems(problems: readonly Problem[], textOf: (file: string) => string | undefined, options: ProblemTextOptions): string {
  const indexes = new Map<string, Lines | undefined>();
  const linesOf = (file: string): Lines | undefined => {
    if (!indexes.has(file)) {
      const text = textOf(file);
      indexes.set(file, text === undefined ? undefined : indexLines(text));
    }
    return indexes.get(file);
  };
  const blocks = problems.map((problem) => [headLine(problem, options.palette), ...frame(problem, linesOf(problem.file), options), ...detailLines(problem, options.palette), '']);
  return `${[...blocks.flat(), problemCount(problems, options)].join('\n')}\n`;
}

/** The JSON text of `runbook check` (DESIGN §6). */
export function problemsJson(problems: readonly Problem[]): string {
  const list = problems.map(({ code, severity, message, file, line, column, hint, detail }) => ({ code, severity, message, file, line, column, hint, ...(detail === undefined ? {} : { detail }) }));
  return `${JSON.stringify({ problems: list }, null, 2)}\n`;
}

function headLine(problem: Problem, palette: Palette): string {
  const text = oneLine(formatProblem(problem));
  const place = oneLine(`${problem.file}:${problem.line}:${problem.column}`);
  const paint = problem.severity === 'error' ? palette.red : palette.yellow;
  const rest = text.slice(place.length).trimStart();
  const code = rest.startsWith(`${problem.code}:`) ? paint(`${problem.code}:`) + rest.slice(problem.code.length + 1) : rest;
  return `${palette.bold(place)}  ${code}${problem.severity === 'warning' ? ' (warning)' : ''}`;
}

function frame(problem: Problem, lines: Lines | undefined, { palette, width = Infinity }: TextOptions): string[] {
  if (lines === undefined || problem.line < 1 || problem.line > lines.count) return [];
  const gutter = String(problem.line).length;
  const room = Math.max(20, width - gutter - 5);
  const { text, caret } = window(lines.text(problem.line), problem.column, room);
  const above = problem.line > 1 ? clipText(visible(lines.text(problem.line - 1)), room) : '';
  const paint = problem.severity === 'error' ? palette.red : palette.yellow;
  return [
    ...(above.trim() === '' ? [] : [palette.dim(`  ${String(problem.line - 1).padStart(gutter)} │ ${above}`)]),
    `${paint('>')} ${problem.line} ${palette.dim('│')} ${text}`,
    `  ${' '.repeat(gutter)} ${palette.dim('│')} ${' '.repeat(caret)}${paint('^')}`,
  ];
}

/** The part of a line around a column that fits, and where the caret stands below it. */
function window(line: string, column: number, room: number): { text: string; caret: number } {
  const caret = textWidth(visible(line.slice(0, column - 1)));
  if (caret < room - 1) return { text: clipText(visible(line), room), caret };
  const before = visible(line.slice(Math.max(0, column - 1 - Math.floor(room / 2)), column - 1));
  return { text: clipText(`…${before}${visible(line.slice(column - 1))}`, room), caret: 1 + textWidth(before) };
}

function visible(text: string): string {
  return expandTabs(safeText(text));
}

/** The further lines of a problem; those of a diff in its colours. */
function detailLines({ detail }: Problem, palette: Palette): string[] {
  if (detail === undefined || detail === '') return [];
  return safeLines(detail).map((line) => {
    const paint = line.startsWith('+') ? palette.green : line.startsWith('-') ? palette.red : line.startsWith('@@') ? palette.cyan : undefined;
    return `    ${paint === undefined ? line : paint(line)}`;
  });
}

/** The closing line: how many problems there are, and in how many files. */
export function problemCount(problems: readonly Problem[], { palette, files }: Pick<ProblemTextOptions, 'palette' | 'files'>): string {
  if (problems.length === 0) return files === undefined || files === 1 ? 'no problems' : `no problems in ${files} files`;
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const faulty = new Set(problems.map((problem) => problem.file)).size;
  const parts = [
    ...(errors === 0 ? [] : [palette.red(`${errors} ${errors === 1 ? 'error' : 'errors'}`)]),
    ...(warnings === 0 ? [] : [palette.yellow(`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`)]),
  ];
  const all = files === undefined || files === faulty ? `${faulty} ${faulty === 1 ? 'file' : 'files'}` : `${faulty} of ${files} files`;
  return `${parts.join(', ')} in ${all}`;
}
