// What must hold for any text: nothing throws, the answer is the same for the same text, and every step points at its code.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRunbook } from './index.ts';
import type { Runbook } from './index.ts';

/** Text made of the pieces that matter to a reader of runbooks, in any order. */
const piece = fc.constantFrom(
  '\n', '\n\n', '\r\n', ' ', '  ', '    ', '\t', '> ', '- ', '- [ ] ', '1. ', '# h', '---\n', '+++\n', '{', '}', '```', '````', '~~~', '```sh {effect=read}\n', '```js\n', '```\n',
  'export x=1', '$x', '${x:-$(', '`', '"', "'", '<!-- ', ' -->', '{name=a}', '{"name":"b"}', '<div>', '<details>\n', 'inputs:\n', '  v: { type: string }\n', 'title: x\n', '[a](b.md)', ' {include} ', 'cat <<EOF\n', 'EOF\n', '((', '))', '\\', '\0', '\u00a0', 'é', '\ud800', '<your-name>', 'case x in', 'esac', '#', ';',
);
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')));

function expectCodeInPlace(runbook: Runbook): void {
  const lines = runbook.text.split(/\r\n?|\n/);
  for (const step of runbook.steps) {
    expect(step.line).toBeGreaterThan(0);
    expect(step.line).toBeLessThanOrEqual(lines.length);
    const item = step.kind === 'manual' || step.kind === 'include';
    expect((lines[step.line - 1] ?? '').slice(step.column - 1)).toMatch(item ? /^(?:[-+*]|\d{1,9}[.)])/ : /^(?:`{3}|~{3})/);
    if (item) continue;
    expect(step.codeLine).toBe(step.line + 1);
    step.source.split('\n').forEach((code, index) => {
      // A tab may be half taken by a container, and NUL becomes a replacement character.
      const line = (lines[step.codeLine - 1 + index] ?? '').replaceAll('\0', '\uFFFD');
      expect(line.trimEnd().endsWith(code.trim())).toBe(true);
    });
  }
}

test('no text makes it throw, and the same text gives the same answer', () => {
  fc.assert(
    fc.property(text, (source) => {
      const first = parseRunbook(source, 'a.md');
      expect(parseRunbook(source, 'a.md')).toEqual(first);
      expectCodeInPlace(first.runbook);
      const lines = first.runbook.text.split(/\r\n?|\n/);
      for (const problem of first.problems) {
        expect(problem.line).toBeLessThanOrEqual(lines.length);
        expect(problem.column).toBeLessThanOrEqual((lines[problem.line - 1] ?? '').length + 1);
      }
      expect(new Set(first.runbook.steps.filter((step) => !step.named).map((step) => step.id)).size).toBe(first.runbook.steps.filter((step) => !step.named).length);
    }),
    { numRuns: 6000 },
  );
});

test('LF, CRLF and a byte order mark give the same steps', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('').replaceAll('\r', '')), (source) => {
      const plain = parseRunbook(source, 'a.md');
      for (const variant of [source.replaceAll('\n', '\r\n'), source.replaceAll('\n', '\r'), `\uFEFF${source}`]) {
        const other = parseRunbook(variant, 'a.md');
        expect(other.runbook.steps).toEqual(plain.runbook.steps);
        expect(other.problems).toEqual(plain.problems);
      }
    }),
    { numRuns: 3000 },
  );
});

const word = fc.constantFrom('echo a', 'x=1', '  indented', '', 'true # no', 'printf "%s"');
const block = fc.record({ code: fc.array(word, { minLength: 1, maxLength: 5 }), prefix: fc.constantFrom('', '> ', '  ', '1. ', '- '), language: fc.constantFrom('sh', 'bash', 'js') });

test('well-formed blocks in any container are found, in order, with their code', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 8 }), (blocks) => {
      const parts = blocks.map(({ code, prefix, language }, index) => {
        const rest = prefix.trim() === '>' ? prefix : ' '.repeat(prefix.length);
        return [`${prefix}\`\`\`${language} {name=s${index} effect=read}`, ...code.map((line) => rest + line), `${rest}\`\`\``].join('\n');
      });
      const { runbook, problems } = parseRunbook(parts.join('\n\ntext\n\n'), 'a.md');
      expect(problems).toEqual([]);
      expect(runbook.steps.map((step) => step.id)).toEqual(blocks.map((_, index) => `s${index}`));
      expect(runbook.steps.map((step) => step.source.replace(/\n+$/, '').replace(/^\n+/, ''))).toEqual(blocks.map(({ code }) => code.join('\n').replace(/\n+$/, '').replace(/^\n+/, '')));
      expectCodeInPlace(runbook);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['a long line', 'a'.repeat(1_000_000)],
  ['open links', '[a]('.repeat(32_000)],
  ['many backquotes', Array.from({ length: 300 }, (_, i) => '`'.repeat(i + 3)).join('\n')],
  ['deep quotes', '>'.repeat(10_000)],
  ['deep lists', '- '.repeat(10_000)],
  ['deep YAML', `---\na: ${'['.repeat(20_000)}\n---\n`],
  ['deep JSON', `{"a":${'['.repeat(20_000)}`],
  ['deep substitutions', `\`\`\`sh {effect=read}\n${'$('.repeat(20_000)}\n\`\`\``],
  ['deep backquotes', `\`\`\`sh {effect=read}\n${'"`'.repeat(20_000)}\n\`\`\``],
  ['deep templates', `~~~js\n${'`${'.repeat(20_000)}\n~~~\n`],
  ['deep conditions', `\`\`\`sh {effect=read if="${'('.repeat(5000)}"}\n\`\`\``],
  ['many comments', '- [ ] a <!-- {'.repeat(5000)],
  ['aliases', `---\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\ne: &e [*d, *d]\nf: [*e, *e, *e, *e]\n---\n`],
])('%s end soon', (_, source) => {
  expect(parseRunbook(source, 'a.md').runbook.file).toBe('a.md');
});
