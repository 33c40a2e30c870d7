import { expect, test } from 'vitest';
import { definitionAt } from './index.ts';
import { atSign, release, textIn } from './page.test.marked.ts';

/** The line that is led to, with the found text in brackets. */
function found(marked: string): string | undefined {
  const { page, position } = atSign(marked);
  const location = definitionAt(page, position);
  if (location === undefined) return undefined;
  if (location.uri !== page.uri) return location.uri;
  const line = page.lines.text(location.range.start.line + 1);
  return `${line.slice(0, location.range.start.character)}[${textIn(page, location.range)}]${line.slice(location.range.end.character)}`;
}

test.each([
  ['a verified step', release.replace('verifies=push-tag', 'verifies=pu▸sh-tag'), '```bash {name=[push-tag] effect=write needs=find}'],
  ['a needed step', release.replace('needs=find', 'needs=▸find'), '```bash {name=[find] effect=read}'],
  ['a manual step', release.replace('needs=build', 'needs=build,smo▸ke'), '- [ ] It starts. <!-- {name=[smoke] needs=build,smoke} -->'],
  ['a step in a list', release.replace('needs=build', 'needs=che▸ck'), '- ```sh {name=[check] verifies=push-tag effect=read}'],
  ['a step in an expression', release.replace('passed(push-tag)', 'passed(pus▸h-tag)'), '```bash {name=[push-tag] effect=write needs=find}'],
  ['a name in an expression', release.replace('&& version', '&& vers▸ion'), "  [version]: { type: string, pattern: 'v\\d+', description: \"The <b>tag</b> [x](http://e.com)\" }"],
  ['an input', release.replace('git tag "$version"', 'git tag "$▸version"'), "  [version]: { type: string, pattern: 'v\\d+', description: \"The <b>tag</b> [x](http://e.com)\" }"],
  ['an output', release.replace('"$sha"', '"$sha▸"'), 'export [sha]'],
  ['an output in a template', release.replace('${sha}', '${s▸ha}'), 'export [sha]'],
  ['an input of the lock', release.replace('{version}', '{ver▸sion}'), "  [version]: { type: string, pattern: 'v\\d+', description: \"The <b>tag</b> [x](http://e.com)\" }"],
  ['the document of an include', release.replace('[Announce]', '[Ann▸ounce]'), 'file:///r/announce.md'],
  ['nothing for what is not there', release.replace('verifies=push-tag', 'verifies=no▸ne'), undefined],
  ['nothing for another value', release.replace('poll=30s', 'poll=3▸0s'), undefined],
  ['nothing in prose', release.replace('# Release', '# Rel▸ease'), undefined],
  ['an output of the verifier too', release.replace('  git rev-parse "$version"', '  git rev-parse "$version"\n  echo "$s▸ha"'), 'export [sha]'],
])('%s', (_name, marked, expected) => {
  expect(found(marked)).toBe(expected);
});

test('an include leads only to files', () => {
  const link = (target: string): string | undefined => found(`- [▸a](${target}) <!-- {include} -->\n`);
  expect(link('b.md')).toBe('file:///r/b.md');
  expect(link('../b.md#x')).toBe('file:///b.md');
  expect(link('https://example.com/b.md')).toBeUndefined();
});
