// The time of parseRunbook grows with the length of its text and no faster, whatever the text. Compared is the time for one
// long text with that for as much text in sixteen pieces, in turns, so that neither the machine nor its load matter much: what
// grows with the square takes sixteen times as long. `npm run soak` does the same with longer texts.
import { describe, expect, test } from 'vitest';
import { floods } from './flood.ts';
import { parseRunbook } from './index.ts';

const pieces = 16;
const pieceSize = 1000;
/** Far from 1, for a busy machine, and far from 16. */
const most = 5;

function timeOf(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

describe('long texts take as long as the same amount of short ones', () => {
  test.each(floods)('$name', ({ make }) => {
    const short = make(pieceSize);
    const long = make(pieceSize * pieces);
    parseRunbook(short, 'a.md');
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 6 && best > most; round += 1) {
      const many = timeOf(() => {
        for (let piece = 0; piece < pieces; piece += 1) parseRunbook(short, 'a.md');
      });
      // What takes no time at all is no sign of anything.
      best = Math.min(best, timeOf(() => parseRunbook(long, 'a.md')) / Math.max(many, 5));
    }
    expect(best).toBeLessThan(most);
  });
});

test('what DESIGN names is read at a size that matters', () => {
  for (const text of ['a'.repeat(1_000_000), '[a]('.repeat(32_000), '>'.repeat(10_000), 'a\n===\n'.repeat(30_000), 'word word\n'.repeat(100_000), `> a\n${'b\n'.repeat(100_000)}`]) {
    expect(parseRunbook(text, 'a.md').runbook.text).toBe(text);
  }
});

test('half a character at the end is no reason to fail', () => {
  const bytes = new TextEncoder().encode('# é\n```sh {name=a effect=read}\necho 🎉\n```\n');
  for (let length = 0; length <= bytes.length; length += 1) {
    const text = new TextDecoder().decode(bytes.slice(0, length));
    expect(parseRunbook(text, 'a.md').runbook.text).toBe(text);
  }
});
