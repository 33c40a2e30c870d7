// Link reference definitions at the beginning of a paragraph (CommonMark 0.31, section 4.7). They are no text: a paragraph of
// nothing else does not become a heading when a row of signs follows. Their targets mean nothing here.

const label = /\[(?=[^\]]*[^\]\s])(?:[^[\]\\]|\\[\s\S]){1,999}\]:/y;
const gap = /[ \t]*\n?[ \t]*/y;
const lineEnd = /[ \t]*(?:\n|$)/y;

/** What is left of a paragraph's text behind its definitions; empty when it is nothing else. */
export function withoutDefinitions(paragraph: string): string {
  let at = 0;
  for (let end = definitionEnd(paragraph, 0); end !== undefined; end = definitionEnd(paragraph, at)) at = end;
  return paragraph.slice(at);
}

function match(shape: RegExp, text: string, at: number): number | undefined {
  shape.lastIndex = at;
  return shape.test(text) ? shape.lastIndex : undefined;
}

/** The offset behind the definition at this offset; undefined when there is none. */
function definitionEnd(text: string, start: number): number | undefined {
  if (text[start] !== '[') return undefined;
  const colon = match(label, text, start);
  if (colon === undefined) return undefined;
  const target = match(gap, text, colon) ?? colon;
  const behind = text[target] === '<' ? enclosedEnd(text, target, /[<\n]/) : targetEnd(text, target);
  if (behind === undefined) return undefined;
  const space = match(gap, text, behind) ?? behind;
  const titled = space === behind || text[space] === '<' ? undefined : enclosedEnd(text, space, /\(/);
  const withTitle = titled === undefined ? undefined : match(lineEnd, text, titled);
  return withTitle ?? match(lineEnd, text, behind);
}

const closings: Readonly<Record<string, string>> = { '<': '>', '"': '"', "'": "'", '(': ')' };

/** The offset behind a text in brackets or quotes; undefined when there is none or it holds what it must not. */
function enclosedEnd(text: string, start: number, forbidden: RegExp): number | undefined {
  const closing = closings[text[start] ?? ''];
  if (closing === undefined) return undefined;
  for (let at = start + 1; at < text.length; at += 1) {
    const c = text[at] ?? '';
    if (c === closing) return at + 1;
    if (closing !== '"' && closing !== "'" && forbidden.test(c)) return undefined;
    if (c === '\\' && text[at + 1] !== '\n') at += 1;
  }
  return undefined;
}

/** The offset behind a link target without angle brackets; parentheses in it come in pairs. */
function targetEnd(text: string, start: number): number | undefined {
  let open = 0;
  let at = start;
  for (; at < text.length; at += 1) {
    const c = text.charCodeAt(at);
    if (c <= 32 || c === 127) break;
    if (c === 92) at += /[!-/:-@[-`{-~]/.test(text[at + 1] ?? '') ? 1 : 0;
    else if (c === 40) open += 1;
    else if (c === 41) open -= 1;
    if (open < 0 || open > 32) return undefined;
  }
  return at === start || open !== 0 ? undefined : at;
}
