// The line reader against the YAML reader: it either says the same, or leaves the text to the other.
import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { scanImages } from './image-lines.ts';
import { parseImages } from './images-file.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
/** A tab is something the line reader leaves alone; behind everything else it changes nothing. */
const byYaml = (text: string) => parseImages(`${text}${text.endsWith('\n') ? '' : '\n'}#\t\n`, 'f');

describe('plain layouts are read line by line', () => {
  const plain = `# head\n- name: app\n  dmap:\n    "${digest('a')}": ["v1", 'v2',v3]\n    # between\n\n    "${digest('b')}" : [ "2.10" ] # behind\n- name: "charts/app" # why\n  dmap:\n      "${digest('c')}": []\n`;
  test.each([['line feeds', plain], ['Windows', plain.replaceAll('\n', '\r\n')], ['no end', plain.trimEnd()], ['indented', plain.replace(/^(?=.)/gm, '  ')]])('%s', (_, text) => {
    const scanned = scanImages(text);
    expect(scanned?.map((image) => [image.name, ...image.digests.map((one) => one.tags)])).toEqual([['app', ['v1', 'v2', 'v3'], ['2.10']], ['charts/app', []]]);
    expect(byYaml(text)).toEqual(parseImages(text, 'f'));
  });
});

describe('anything else is left to the YAML reader', () => {
  const a = `"${digest('a')}"`;
  const table: readonly (readonly [what: string, text: string])[] = [
    ['nothing', ''],
    ['an empty list', '[]\n'],
    ['single quotes around a digest', `- name: app\n  dmap:\n    '${digest('a')}': ["v1"]\n`],
    ['a short digest', `- name: app\n  dmap:\n    "${digest('a').slice(0, -1)}": ["v1"]\n`],
    ['two digests on a line', `- name: app\n  dmap: {${a}: ["v1"], "${digest('b')}": ["v2"]}\n`],
    ['tags below', `- name: app\n  dmap:\n    ${a}:\n    - v1\n`],
    ['a number as tag', `- name: app\n  dmap:\n    ${a}: [1]\n`],
    ['true as tag', `- name: app\n  dmap:\n    ${a}: [true]\n`],
    ['latest', `- name: app\n  dmap:\n    ${a}: ["latest"]\n`],
    ['a tag twice', `- name: app\n  dmap:\n    ${a}: ["v1", "v1"]\n`],
    ['a digest twice', `- name: app\n  dmap:\n    ${a}: ["v1"]\n    ${a}: ["v2"]\n`],
    ['an unknown field', `- name: app\n  lifecycle: x\n  dmap:\n    ${a}: ["v1"]\n`],
    ['no digests', '- name: app\n  dmap:\n'],
    ['an image without dmap', `- name: app\n- name: other\n  dmap:\n    ${a}: ["v1"]\n`],
    ['dmap first', `- dmap:\n    ${a}: ["v1"]\n  name: app\n`],
    ['dmap twice', `- name: app\n  dmap:\n    ${a}: ["v1"]\n  dmap:\n    "${digest('b')}": ["v1"]\n`],
    ['a dash that moves', `- name: app\n  dmap:\n    ${a}: ["v1"]\n - name: b\n   dmap:\n    ${a}: ["v1"]\n`],
    ['digests that move', `- name: app\n  dmap:\n    ${a}: ["v1"]\n     "${digest('b')}": ["v2"]\n`],
    ['digests beside dmap', `- name: app\n  dmap:\n  ${a}: ["v1"]\n`],
    ['no space behind the colon', `- name: app\n  dmap:\n    ${a}:["v1"]\n`],
    ['a comment without space', `- name: app\n  dmap:\n    ${a}: ["v1"]#x\n`],
    ['a comma at the end', `- name: app\n  dmap:\n    ${a}: ["v1",]\n`],
    ['a name that is true', `- name: true\n  dmap:\n    ${a}: ["v1"]\n`],
    ['a document marker', `---\n- name: app\n  dmap:\n    ${a}: ["v1"]\n`],
    ['a carriage return alone', `- name: app\r  dmap:\n    ${a}: ["v1"]\n`],
  ];
  test.each(table)('%s', (_, text) => {
    expect(scanImages(text)).toBeUndefined();
  });
});

describe('both readers say the same', () => {
  const plainTag = fc.nat({ max: 99 }).map((number) => `"v${number}"`);
  const oddTag = fc.constantFrom('"v1"', '"v1.2.3"', "'v2'", 'v3', '"latest"', '1', '"2.10"', 'true', '"a b"');
  const tag = fc.oneof({ weight: 19, arbitrary: plainTag }, { weight: 1, arbitrary: oddTag });
  const line = fc.oneof(
    { weight: 9, arbitrary: fc.tuple(fc.stringMatching(/^[0-9a-f]{2}$/), fc.array(tag, { maxLength: 3 }), fc.constantFrom(', ', ',', ' , ')).map(([hex, tags, comma]) => `    "sha256:${hex.repeat(32)}": [${tags.join(comma)}]`) },
    { weight: 4, arbitrary: fc.constantFrom('', '    # comment', '# comment', '  ', `    # "${digest('a')}"`) },
    { weight: 1, arbitrary: fc.constantFrom(`    '${digest('b')}': ["v9"]`, `     "${digest('c')}": ["v8"]`) },
  );
  const image = fc.tuple(fc.oneof({ weight: 9, arbitrary: fc.constantFrom('app', '"app"', 'charts/app', "'b'") }, { weight: 1, arbitrary: fc.constantFrom('no', '1', 'A') }), fc.array(line, { minLength: 1, maxLength: 5 })).map(([name, lines]) => [`- name: ${name}`, '  dmap:', ...lines].join('\n'));
  const file = fc.array(image, { minLength: 1, maxLength: 3 }).map((images) => `${images.join('\n')}\n`);
  const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom('', ' ', '\n', '"', '-', ':', '[', ']', ',', '#', 'x', '\r\n')), { maxLength: 3 });

  test('over written and damaged files', () => {
    let scannedOnes = 0;
    fc.assert(
      fc.property(file, damage, (text, hits) => {
        const damaged = hits.reduce((so, [at, sign]) => so.slice(0, at % (so.length + 1)) + sign + so.slice((at % (so.length + 1)) + 1), text);
        for (const one of [text, damaged]) {
          if (scanImages(one) === undefined) continue;
          scannedOnes += 1;
          expect(parseImages(one, 'f')).toEqual(byYaml(one));
        }
      }),
      { numRuns: 400 },
    );
    expect(scannedOnes).toBeGreaterThan(100);
  });

  const folder = fileURLToPath(new URL('../../../../shared/corpus/promoter/', import.meta.url));
  const present = existsSync(folder);
  if (!present) console.warn(`skipped: ${folder} is absent`);
  test.skipIf(!present)('over the real files, most of which are plain', () => {
    const names = readdirSync(folder).filter((name) => /__(?:images|imaegs)\.yaml$/.test(name));
    const texts = names.map((name) => readFileSync(folder + name, 'utf8'));
    for (const text of texts) expect(parseImages(text, 'f')).toEqual(byYaml(text));
    expect(texts.filter((text) => scanImages(text) !== undefined).length).toBeGreaterThan(texts.length * 0.8);
  });
});
