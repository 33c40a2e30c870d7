// Foreign text for a terminal: what would move the cursor, ring, recolour or rewrite a line is shown, not obeyed.

/**
 * Makes text safe to print: escape sequences are dropped, other control characters (and the bidirectional overrides that can
 * reorder a line) become visible pictures. Tab and line feed stay; a carriage return before a line feed goes.
 */
export function safeText(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g, '')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (c) => picture(c.charCodeAt(0)))
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) => `<U+${c.charCodeAt(0).toString(16).toUpperCase()}>`);
}

function picture(code: number): string {
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : `<U+00${code.toString(16).toUpperCase()}>`;
}
