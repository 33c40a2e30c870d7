// Problems of documents as text: each with the line it is about and a caret below the place. Document text is untrusted.
import { formatProblem, indexLines, type Lines, type Problem } from '@runbook/problem';
import type { Palette } from './palette.ts';
import type { TextOptions } from './report-table.ts';
import { clipText, expandTabs, oneLine, textWidth } from './width.ts';
import { safeText } from '@runbook/access';

/**
 * Problems for people: `file:line:col  code: what is wrong. What to do.`, the line with its neighbour above, a caret, and a
 * closing line with the counts. Ends with a line feed.
 * @param textOf the text of a file, or undefined where it is not at hand; then the frame is left out.
 */
export function renderProblems(problems: readonly Problem[], textOf: (file: string) => string | undefined, options: TextOptions): string {
  const indexes = new Map<string, Lines | undefined>();
  const linesOf = (file: string): Lines | undefined => {
    if (!indexes.has(file)) {
      const text = textOf(file);
      indexes.set(file, text === undefined ? undefined : indexLines(text));
    }
    return indexes.get(file);
  };
  const blocks = problems.map((problem) => [headLine(problem, options.palette), ...frame(problem, linesOf(problem.file), options), '']);
  return `${[...blocks.flat(), problemCount(problems, options.palette)].join('\n')}\n`;
}

/** The JSON text of `runbook check` (DESIGN §6). */
export function problemsJson(problems: readonly Problem[]): string {
  const list = problems.map(({ code, severity, message, file, line, column, hint }) => ({ code, severity, message, file, line, column, hint }));
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

function problemCount(problems: readonly Problem[], palette: Palette): string {
  if (problems.length === 0) return 'no problems';
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const files = new Set(problems.map((problem) => problem.file)).size;
  const parts = [
    ...(errors === 0 ? [] : [palette.red(`${errors} ${errors === 1 ? 'error' : 'errors'}`)]),
    ...(warnings === 0 ? [] : [palette.yellow(`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`)]),
  ];
  return `${parts.join(', ')} in ${files} ${files === 1 ? 'file' : 'files'}`;
}
