// A write that was held back, in full: what would have gone out, so that a person can judge it without running it.
import type { WriteRecord } from '@runbook/access';
import { plainPalette, type Palette } from './palette.ts';
import { safeLines } from './width.ts';

/**
 * A withheld write as indented lines: the command, or method and URL with the body below. Nothing is cut; a body of JSON on
 * one line is set over several. Ends with a line feed.
 */
export function renderWithheld(write: WriteRecord, { palette = plainPalette, indent = '   ' }: { readonly palette?: Palette; readonly indent?: string } = {}): string {
  const [first = '', ...rest] = safeLines(write.method === undefined ? write.target : `${write.method} ${write.target}`);
  const body = write.body === undefined || write.body === '' ? [] : safeLines(spreadJson(write.body));
  const head = `${indent}${palette.yellow(write.withheld ? 'withheld:' : 'write:')} ${first}`;
  const isDiff = body.some((line) => /^(?:diff |@@ )/.test(line));
  const below = [...rest, ...body].map((line) => (line === '' ? '' : `${indent}  ${isDiff ? paintDiff(line, palette) : line}`));
  return `${[head, ...below].join('\n')}\n`;
}

/**
 * JSON on one line over several; any other text as it is, without the line feeds at its end. Works on the text itself and
 * not on parsed values, which would round long numbers: what is shown must be what would be sent.
 */
export function spreadJson(body: string): string {
  const text = body.replace(/\s+$/, '');
  if (!/^[{[]/.test(text) || text.includes('\n') || !isJson(text)) return text;
  let depth = 0;
  const line = (): string => `\n${'  '.repeat(depth)}`;
  return text.replace(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|\s+/g, (token) => {
    if (token.startsWith('"')) return token;
    if (token.trim() === '') return '';
    if (token === '{' || token === '[') return ((depth += 1), token + line());
    if (token === '}' || token === ']') return ((depth -= 1), line() + token);
    if (token === ',') return token + line();
    return token === ':' ? ': ' : token;
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function paintDiff(line: string, palette: Palette): string {
  if (line.startsWith('+')) return palette.green(line);
  return line.startsWith('-') ? palette.red(line) : line;
}
