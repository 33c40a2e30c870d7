import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changedDigests } from './diff.ts';
import { addImage, type ImageAddition, type ImageEdit } from './image-edit.ts';
import { parseImages } from './images-file.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const d = (letter: string): string => `"${digest(letter)}"`;
const f = digest('f');

function edit(text: string, addition: Partial<ImageAddition>): ImageEdit {
  const result = addImage(text, { image: 'app', digest: f, tag: 'v1.5.0', ...addition });
  if ('problem' in result) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result;
}

/** Lines of a text that are not comments, digests shortened to their letter, for reading. */
const shape = (text: string): string => text.replace(/sha256:([0-9a-f])\1{63}/g, '$1');

describe('a digest line goes where the file\'s own order wants it, written as its neighbours are', () => {
  const app = (lines: readonly string[]): string => `- name: app\n  dmap:\n${lines.map((line) => `    ${line}\n`).join('')}`;
  const table: readonly (readonly [what: string, lines: readonly string[], tag: string, expected: readonly string[]])[] = [
    ['ascending, newest', [`${d('a')}: ["v1.0.0"]`, `${d('b')}: ["v1.4.0"]`], 'v1.5.0', ['"a": ["v1.0.0"]', '"b": ["v1.4.0"]', '"f": ["v1.5.0"]']],
    ['ascending, between', [`${d('a')}: ["v1.0.0"]`, `${d('b')}: ["v1.10.0"]`], 'v1.5.0', ['"a": ["v1.0.0"]', '"f": ["v1.5.0"]', '"b": ["v1.10.0"]']],
    ['ascending, first', [`${d('a')}: ["v2.0.0"]`, `${d('b')}: ["v3.0.0"]`], 'v1.5.0', ['"f": ["v1.5.0"]', '"a": ["v2.0.0"]', '"b": ["v3.0.0"]']],
    ['descending, newest', [`${d('a')}: ["v1.4.0"]`, `${d('b')}: ["v1.3.0"]`], 'v1.5.0', ['"f": ["v1.5.0"]', '"a": ["v1.4.0"]', '"b": ["v1.3.0"]']],
    ['descending, oldest', [`${d('a')}: ["v1.10.0"]`, `${d('b')}: ["v1.9.0"]`], 'v1.5.0', ['"a": ["v1.10.0"]', '"b": ["v1.9.0"]', '"f": ["v1.5.0"]']],
    ['plain text order', [`${d('a')}: ["v4.1.0"]`, `${d('b')}: ["v4.10.0"]`, `${d('c')}: ["v4.2.0"]`], 'v4.11.0', ['"a": ["v4.1.0"]', '"b": ["v4.10.0"]', '"f": ["v4.11.0"]', '"c": ["v4.2.0"]']],
    ['a pre-release before its release', [`${d('a')}: ["v1.4.0"]`, `${d('b')}: ["v1.5.0"]`], 'v1.5.0-rc.1', ['"a": ["v1.4.0"]', '"f": ["v1.5.0-rc.1"]', '"b": ["v1.5.0"]']],
    ['no order: at the end', [`${d('a')}: ["v1.1.0"]`, `${d('b')}: ["v1.0.0-rc.0"]`, `${d('c')}: ["v1.0.0-rc.1"]`], 'v1.0.5', ['"a": ["v1.1.0"]', '"b": ["v1.0.0-rc.0"]', '"c": ["v1.0.0-rc.1"]', '"f": ["v1.0.5"]']],
    ['spaces inside brackets', [`${d('a')}: [ "v1.0.0" ]`], 'v1.5.0', ['"a": [ "v1.0.0" ]', '"f": [ "v1.5.0" ]']],
    ['single quotes for tags', [`${d('a')}: ['v1.0.0']`], 'v1.5.0', ['"a": [\'v1.0.0\']', '"f": [\'v1.5.0\']']],
    ['bare tags', [`${d('a')}: [v1.0.0]`], 'v1.5.0', ['"a": [v1.0.0]', '"f": [v1.5.0]']],
    ['bare tags, but a number', [`${d('a')}: [v1.0.0]`], '2.10', ['"a": [v1.0.0]', '"f": ["2.10"]']],
    ['several tags beside', [`${d('a')}: ["v0.1","v0.1.0"]`], 'v1.5.0', ['"a": ["v0.1","v0.1.0"]', '"f": ["v1.5.0"]']],
    ['a comment behind the neighbour stays there', [`${d('a')}: ["v1.0.0"] # first`], 'v1.5.0', ['"a": ["v1.0.0"] # first', '"f": ["v1.5.0"]']],
    ['a comment above the next stays with it', [`${d('a')}: ["v1.0.0"]`, '# big one', `${d('b')}: ["v2.0.0"]`], 'v1.5.0', ['"a": ["v1.0.0"]', '"f": ["v1.5.0"]', '# big one', '"b": ["v2.0.0"]']],
    ['a comment above the first stays with it', ['# old', `${d('a')}: ["v2.0.0"]`, `${d('b')}: ["v3.0.0"]`], 'v1.5.0', ['"f": ["v1.5.0"]', '# old', '"a": ["v2.0.0"]', '"b": ["v3.0.0"]']],
  ];
  for (const [what, lines, tag, expected] of table) {
    test(what, () => {
      const result = edit(app(lines), { tag });
      expect(shape(result.text)).toBe(app(expected));
      expect(result.added).toHaveLength(1);
      expect(result.changed).toEqual([]);
    });
  }

  test('one line alone takes the order of the other images', () => {
    const text = `- name: other\n  dmap:\n    ${d('a')}: ["v2"]\n    ${d('b')}: ["v1"]\n- name: app\n  dmap:\n    ${d('c')}: ["v1.4.0"]\n`;
    expect(shape(edit(text, {}).text)).toContain('dmap:\n    "f": ["v1.5.0"]\n    "c"');
  });

  test('other indents are kept', () => {
    const text = `  - name: app\n    dmap:\n        ${d('a')} : ["v1"]\n`;
    expect(edit(text, { tag: 'v2' }).text).toBe(`${text}        "${f}" : ["v2"]\n`);
  });

  test('of several entries of one name, the last takes the line', () => {
    const text = `- name: app\n  dmap:\n    ${d('a')}: ["v1"]\n- name: other\n  dmap:\n    ${d('b')}: ["v1"]\n- name: app\n  dmap:\n    ${d('c')}: ["v2"]\n`;
    expect(edit(text, { tag: 'v3' }).text).toBe(`${text}    "${f}": ["v3"]\n`);
  });

  test('line ends of Windows, and a missing last line end', () => {
    const text = `- name: app\r\n  dmap:\r\n    ${d('a')}: ["v1"]\r\n`;
    expect(edit(text, { tag: 'v2' }).text).toBe(`${text}    "${f}": ["v2"]\r\n`);
    const open = `- name: app\n  dmap:\n    ${d('a')}: ["v1"]`;
    expect(edit(open, { tag: 'v2' }).text).toBe(`${open}\n    "${f}": ["v2"]\n`);
  });

  test('tags below their digest', () => {
    const text = `- name: app\n  dmap:\n    ${d('a')}:\n    - "v1"\n    ${d('b')}:\n    - "v3"\n`;
    expect(shape(edit(text, { tag: 'v2' }).text)).toBe('- name: app\n  dmap:\n    "a":\n    - "v1"\n    "f": ["v2"]\n    "b":\n    - "v3"\n');
  });
});

describe('a digest that is there gets the tag on its line', () => {
  const table: readonly (readonly [line: string, expected: string])[] = [
    ['["v1.0.0"]', '["v1.0.0", "v1.5.0"]'],
    ['[ "v1.0.0" ]', '[ "v1.0.0", "v1.5.0" ]'],
    ['["a","b"]', '["a","b","v1.5.0"]'],
    ['["a", "b"] # note', '["a", "b", "v1.5.0"] # note'],
    ['[]', '["v1.5.0"]'],
    ["['a']", "['a', 'v1.5.0']"],
  ];
  for (const [line, expected] of table) {
    test(line, () => {
      const text = `- name: app\n  dmap:\n    "${f}": ${line}\n`;
      expect(edit(text, {})).toEqual({ text: text.replace(line, expected), added: [], changed: [{ before: `    "${f}": ${line}`, after: `    "${f}": ${expected}` }] });
    });
  }

  // The promotion job looks for a digest in double quotes on the lines of the diff, comments included; without one it promotes nothing.
  test('below the digest it is an added line, which names the digest so that the promotion job sees it', () => {
    const text = `- name: app\n  dmap:\n    "${f}":\n    - "v1"\n`;
    const added = `    - "v1.5.0" # "${f}"`;
    expect(edit(text, {})).toEqual({ text: `${text}${added}\n`, added: [added], changed: [] });
    expect(edit(text.replaceAll('\n', '\r\n'), {}).text).toBe(`${text}${added}\n`.replaceAll('\n', '\r\n'));
  });

  test.each([
    ['tags over several lines', `"${f}": ["v1",\n      "v2"]\n`, `      "v2"]`, `      "v2", "v1.5.0"] # "${f}"`],
    ['tags over several lines, the bracket alone', `"${f}": [\n      "v2"\n    ]\n`, `      "v2"`, `      "v2", "v1.5.0" # "${f}"`],
    ['tags over several lines, with a note', `"${f}": ["v1",\n      "v2"] # note\n`, `      "v2"] # note`, `      "v2", "v1.5.0"] # note "${f}"`],
    ['a digest in single quotes', `'${f}': ["v1"]\n`, `    '${f}': ["v1"]`, `    '${f}': ["v1", "v1.5.0"] # "${f}"`],
  ])('%s: the promotion job sees it', (_, entry, before, after) => {
    const text = `- name: app\n  dmap:\n    ${entry}`;
    expect(edit(text, {})).toEqual({ text: text.replace(before, after), added: [], changed: [{ before, after }] });
  });

  test('where no line can be made that the promotion job sees, nothing is edited', () => {
    const text = `- name: app\n  dmap: {\n    ${d('a')}: ["v1"], "${f}": ["v2"]\n  }\n`;
    expect(addImage(text, { image: 'app', digest: f, tag: 'v1.5.0' })).toMatchObject({ problem: { code: 'unsupported-layout' } });
  });

  test('the separator of the file is used', () => {
    const text = `- name: app\n  dmap:\n    ${d('a')}: ["v1","v2"]\n    "${f}": ["v3"]\n`;
    expect(edit(text, {}).text).toContain(`"${f}": ["v3","v1.5.0"]`);
  });
});

describe('a new image goes to the end, in the style of the file', () => {
  const entry = (name: string): string => `- name: ${name}\n  dmap:\n    "f": ["v1.5.0"]\n`;
  const one = `- name: other\n  dmap:\n    ${d('a')}: ["v1"]\n`;
  const two = `${one}\n- name: third\n  dmap:\n    ${d('b')}: ["v1"]\n`;
  const table: readonly (readonly [what: string, text: string, expected: string])[] = [
    ['after one image', one, shape(one) + entry('app')],
    ['blank lines between images', two, `${shape(two)}\n${entry('app')}`],
    ['blank lines, and one at the end', `${two}\n`, `${shape(two)}\n${entry('app')}`],
    ['no blank lines between, but one at the end', `${one}\n`, `${shape(one)}${entry('app')}\n`],
    ['empty file', '', entry('app')],
    ['comment alone', '# TODO: add images when available.\n', `# TODO: add images when available.\n${entry('app')}`],
    ['empty list', '[]\n', entry('app')],
    ['empty list behind a comment', '# none yet\n[]\n', `# none yet\n${entry('app')}`],
    ['document start', '---\n', `---\n${entry('app')}`],
    ['spaces in brackets', '- name: other\n  dmap:\n    "a": [ "v1" ]\n'.replace('a"', `${digest('a')}"`), '- name: other\n  dmap:\n    "a": [ "v1" ]\n- name: app\n  dmap:\n    "f": [ "v1.5.0" ]\n'],
    ['indented list', `  - name: other\n    dmap:\n      ${d('a')}: ["v1"]\n`, '  - name: other\n    dmap:\n      "a": ["v1"]\n  - name: app\n    dmap:\n      "f": ["v1.5.0"]\n'],
    ['a comment at the end', `${one}# end\n`, `${shape(one)}# end\n${entry('app')}`],
  ];
  for (const [what, text, expected] of table) test(what, () => expect(shape(edit(text, {}).text)).toBe(expected));

  test('a name that YAML would read as something else is quoted', () => {
    expect(edit('', { image: '123' }).text).toContain('- name: "123"\n');
    expect(edit('', { image: 'charts/app' }).text).toContain('- name: charts/app\n');
  });

  test('the "[]" of an empty list is the one line that changes', () => {
    expect(edit('[]\n', {})).toMatchObject({ changed: [{ before: '[]', after: '- name: app' }], added: ['  dmap:', `    "${f}": ["v1.5.0"]`] });
  });
});

describe('what is not edited', () => {
  test('what is there already comes back unchanged', () => {
    const text = `- name: app\n  dmap:\n    "${f}": ["v1", "v1.5.0"]\n`;
    expect(edit(text, {})).toEqual({ text, added: [], changed: [] });
  });
  const there = `- name: app\n  dmap:\n    ${d('a')}: ["v1.5.0"]\n`;
  const table: readonly (readonly [what: string, text: string, addition: Partial<ImageAddition>, code: string, line: number])[] = [
    ['the tag at another digest', there, {}, 'tag-with-two-digests', 3],
    ['the tag at another digest, in another entry', `- name: app\n  dmap:\n    ${d('b')}: ["v1"]\n${there}`, {}, 'tag-with-two-digests', 6],
    ['a bad digest', there, { digest: 'sha256:abc' }, 'bad-digest', 1],
    ['a bad tag', there, { tag: '-v1' }, 'bad-tag', 1],
    ['latest', there, { tag: 'latest' }, 'moving-tag', 1],
    ['a bad name', there, { image: 'gcr.io/App' }, 'bad-name', 1],
    ['a name with its registry', there, { image: 'gcr.io/k8s-staging-x/app' }, 'bad-name', 1],
    ['a name with its registry and port', there, { image: 'localhost:5000/app' }, 'bad-name', 1],
    ['a name that would break out', there, { image: 'a\n- name: b' }, 'bad-name', 1],
    ['not YAML', '- name: [', {}, 'yaml-syntax', 1],
    ['not a list', 'a: b\n', {}, 'wrong-type', 1],
    ['everything on one line', `[{name: app, dmap: {${d('a')}: ["v1"]}}]\n`, {}, 'unsupported-layout', 1],
    ['a dmap on one line', `- name: app\n  dmap: {${d('a')}: ["v1"]}\n`, {}, 'unsupported-layout', 1],
  ];
  for (const [what, text, addition, code, line] of table) {
    test(what, () => {
      const result = addImage(text, { image: 'app', digest: f, tag: 'v1.5.0', ...addition });
      expect('problem' in result ? { code: result.problem.code, line: result.problem.line } : result).toMatchObject({ code, line });
    });
  }
  test('the same tag under another image name is no clash', () => {
    expect(edit(there, { image: 'other' }).added).toHaveLength(3);
  });
});

describe('over generated files', () => {
  const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }).map((text) => `sha256:${text}`);
  const tag = fc.oneof(
    fc.tuple(fc.nat(12), fc.nat(12), fc.nat(12), fc.constantFrom('', '-rc.1', '-beta.0')).map(([a, b, c, pre]) => `v${a}.${b}.${c}${pre}`),
    fc.constantFrom('1', '2.10', 'null', 'v20260130-5d7ea35', '3.0.20210430'),
  );
  const name = fc.constantFrom('app', 'charts/app', 'a_b', 'other', '123');
  const style = fc.record({ pad: fc.constantFrom('', ' '), quote: fc.constantFrom('"', "'"), separator: fc.constantFrom(',', ', '), blank: fc.boolean(), comments: fc.boolean(), indent: fc.constantFrom('', '  '), bare: fc.boolean(), below: fc.boolean(), end: fc.constantFrom('\n', '\n\n'), eol: fc.constantFrom('\n', '\r\n') });
  const entry = fc.record({ name, lines: fc.uniqueArray(fc.tuple(hex, fc.uniqueArray(tag, { minLength: 0, maxLength: 3 })), { minLength: 1, maxLength: 5, selector: ([digestText]) => digestText }) });
  const file = fc.tuple(fc.array(entry, { maxLength: 4 }), style).map(([entries, how]) => {
    const blocks = entries.map(({ name: image, lines }, index) => {
      const quoted = (one: string): string => (how.bare && /^v\d/.test(one) ? one : `${how.quote}${one}${how.quote}`);
      const rows = lines.map(([digestText, tags]) => {
        const digestKey = `${how.indent}    "${digestText}":`;
        if (how.below && tags.length > 0) return [digestKey, ...tags.map((one) => `${how.indent}    - ${quoted(one)}`)].join(how.eol);
        return `${digestKey} [${how.pad}${tags.map(quoted).join(how.separator)}${how.pad}]`;
      });
      return [...(how.comments ? [`${how.indent}# group ${index}`] : []), `${how.indent}- name: ${quoted(image)}`, `${how.indent}  dmap:`, ...(how.comments ? [`${how.indent}    # newest`] : []), ...rows].join(how.eol);
    });
    return blocks.length === 0 ? '' : blocks.join(how.blank ? how.eol + how.eol : how.eol) + how.end.replaceAll('\n', how.eol);
  });
  const facts = (text: string): readonly string[] => (parseImages(text, 'f').images?.images ?? []).flatMap((one) => one.digests.flatMap((line) => line.tags.map((each) => `${one.name} ${line.digest} ${each}`))).toSorted();

  test('the result says the old and the new, other lines stay as they are, and a second time nothing happens', () => {
    fc.assert(
      fc.property(file, name, hex, tag, fc.boolean(), (text, image, fresh, newTag, reuse) => {
        const known = parseImages(text, 'f').images?.images.filter((one) => one.name === image).flatMap((one) => one.digests) ?? [];
        const addition = { image, digest: reuse ? (known[0]?.digest ?? fresh) : fresh, tag: newTag };
        const result = addImage(text, addition);
        if ('problem' in result) {
          expect(result.problem.code).toBe('tag-with-two-digests');
          return;
        }
        const line = `${image} ${addition.digest} ${newTag}`;
        expect(facts(result.text)).toEqual([...new Set([...facts(text), line])].toSorted());
        const lineDiff = [...result.added, ...result.changed.map(({ after }) => after)];
        if (lineDiff.length > 0) expect(changedDigests(lineDiff.join('\n'))).toEqual([addition.digest]);
        const lines = (all: string): string[] => all.split(/\r?\n/);
        const left = lines(result.text);
        for (const old of lines(text)) {
          if (result.changed.some((change) => change.before === old)) continue;
          expect(left).toContain(old);
          left.splice(left.indexOf(old), 1);
        }
        expect(left.filter((one) => one !== '').length).toBe([...result.added, ...result.changed].filter((one) => one !== '').length);
        expect(addImage(result.text, addition)).toEqual({ text: result.text, added: [], changed: [] });
      }),
      { numRuns: 300 },
    );
  });

  test('git sees only added lines', () => {
    const folder = mkdtempSync(join(tmpdir(), 'image-edit-'));
    try {
      const text = `- name: app\n  dmap:\n    ${d('a')}: ["v1.0.0"]\n    ${d('b')}: ["v2.0.0"]\n`;
      writeFileSync(join(folder, 'old'), text);
      writeFileSync(join(folder, 'new'), edit(text, {}).text);
      let diff = '';
      try {
        execFileSync('git', ['diff', '--no-index', '--numstat', 'old', 'new'], { cwd: folder, encoding: 'utf8' });
      } catch (error) {
        // git ends with 1 when the files differ.
        diff = String((error as { stdout?: unknown }).stdout);
      }
      expect(diff).toMatch(/^1\t0\t/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
