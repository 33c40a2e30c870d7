// Texts cut into lines, as expected and real output are compared.

/** A line with its offset in the text. */
export interface TextLine {
  readonly text: string;
  readonly offset: number;
}

/** The lines of a text. A line end at the end begins no line; an empty text has none. */
export function splitLines(text: string): TextLine[] {
  const lines: TextLine[] = [];
  for (let offset = 0; offset < text.length; ) {
    const end = text.indexOf('\n', offset);
    const stop = end === -1 ? text.length : end;
    lines.push({ text: text.slice(offset, stop), offset });
    offset = stop + 1;
  }
  return lines;
}

/** Whether a line fits a pattern of `*` (any signs), `?` (one sign) and `\` (the next sign as it is). Takes at most line × pattern steps. */
export function matchGlob(pattern: string, line: string): boolean {
  const parts = globParts(pattern);
  const signs = [...line];
  let part = 0;
  let at = 0;
  let star = -1;
  let restart = 0;
  while (at < signs.length) {
    const wanted = parts[part];
    if (wanted === '*') {
      star = part;
      restart = at;
      part += 1;
    } else if (wanted !== undefined && (wanted === '?' || wanted.slice(1) === signs[at])) {
      part += 1;
      at += 1;
    } else if (star === -1) return false;
    else {
      part = star + 1;
      restart += 1;
      at = restart;
    }
  }
  return parts.slice(part).every((rest) => rest === '*');
}

/** `*`, `?`, and signs as they are, with an `=` before each. */
function globParts(pattern: string): string[] {
  const parts: string[] = [];
  const signs = [...pattern];
  for (let i = 0; i < signs.length; i += 1) {
    const sign = signs[i] ?? '';
    if (sign === '*' || sign === '?') parts.push(sign);
    else if (sign === '\\' && i + 1 < signs.length) {
      i += 1;
      parts.push(`=${signs[i] ?? ''}`);
    } else parts.push(`=${sign}`);
  }
  return parts;
}
