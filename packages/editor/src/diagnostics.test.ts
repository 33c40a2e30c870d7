import { describe, expect, test } from 'vitest';
import { diagnosticsOf, openPage } from './index.ts';
import { release, textIn } from './page.test.marked.ts';

/** Code and marked text of each problem. */
function marks(text: string): string[] {
  const page = openPage(text, 'file:///a.md');
  return diagnosticsOf(page).map((diagnostic) => `${String(diagnostic.code)} [${textIn(page, diagnostic.range)}]`);
}

describe('a problem marks what it is about', () => {
  test.each([
    ['an attribute with its value', '```sh {effct=read name=a}\nls\n```\n', ['unknown-attribute [effct=read]']],
    ['a bad value', '```sh {name=a effect=raed}\nls\n```\n', ['bad-attribute-value [raed]']],
    ['a name in code', '```sh {effect=read}\necho "$a"\n```\n```sh {effect=read}\nexport a=1\n```\n', ['used-before-produced [a]']],
    ['… in a list', '- ```sh {effect=read}\n  echo "$a"\n  ```\n- ```sh {effect=read}\n  export a=1\n  ```\n', ['used-before-produced [a]']],
    ['a placeholder', '```sh {effect=read}\ngit tag <VERSION>\n```\n', ['placeholder [<VERSION>]']],
    ['a fence', '```sh {effect=read}\nls\n', ['unclosed-fence [```sh {effect=read}]']],
    ['a key of the front matter', '---\ninputs:\n  v: { type: strin }\n---\n', ['bad-input-declaration [type]']],
    ['a command', '```sh {effect=read}\ngit push\n```\n', ['write-in-read [git]']],
    ['Windows line ends', '# a\r\n\r\n```sh {effct=read name=a}\r\nls\r\n```\r\n', ['unknown-attribute [effct=read]']],
    ['a byte order mark', '\uFEFF```sh {effct=read name=a}\nls\n```\n', ['unknown-attribute [effct=read]']],
    ['signs of two units', '- [ ] 🎉 <!-- {aprovers=2} -->\n', ['unknown-attribute [aprovers=2]']],
  ])('%s', (_name, text, expected) => {
    expect(marks(text)).toEqual(expect.arrayContaining(expected));
  });
});

test('places count as editors count: from 0, in UTF-16', () => {
  const [first] = diagnosticsOf(openPage('- [ ] 🎉 <!-- {aprovers=2} -->\n', 'file:///a.md'));
  expect(first).toMatchObject({ severity: 1, source: 'runbook', code: 'unknown-attribute', range: { start: { line: 0, character: 15 }, end: { line: 0, character: 25 } } });
  expect(first?.message).toContain('Did you mean "approvers"?');
  const [marked] = diagnosticsOf(openPage('\uFEFF```sh {effct=read name=a}\n```\n', 'file:///a.md'));
  expect(marked?.range.start).toEqual({ line: 0, character: 8 });
});

test('warnings are warnings', () => {
  expect(diagnosticsOf(openPage('---\ninputs: {}\n---\n```sh\nls\n```\n', 'file:///a.md'))).toMatchObject([{ severity: 2, code: 'undeclared-effect' }]);
});

test('a sound runbook has none', () => {
  expect(marks(release)).toEqual([]);
});

test.each([
  ['a readme', '# x\n\n```bash\nnpm install <package>\ncurl x | sh\n```\n\n- [ ] todo\n'],
  ['another tool\'s attributes', '```js {title="x.js"}\nlet a = 1\n```\n\n```{r, echo=FALSE}\n1\n```\n\n```js {1,3}\n1\n```\n'],
  ['another tool\'s front matter', '---\ntitle: x\ntags: [a]\nlayout: post\n---\n\n```sh\nls\n```\n'],
  ['broken Markdown', '```sh\nls\n'],
  ['front matter that cannot be read', '---\ntitle: [\n---\n'],
])('%s is no runbook and gets no remarks', (_name, text) => {
  expect(marks(text)).toEqual([]);
});

test.each([
  ['declares inputs', '---\ninputs: { 1a: { type: string } }\n---\n', 'bad-input-name'],
  ['requires a version', '---\nrequires: runbook 1.x\n---\n', 'bad-requires'],
  ['has an attribute', '```sh {name=a}\nls\n```\n```sh {name=a effect=read}\nls\n```\n', 'duplicate-name'],
  ['has an attribute in an item', '- [ ] a <!-- {approvers=0} -->\n', 'bad-attribute-value'],
  ['has nearly an attribute', '```sh {effct=read}\nls\n```\n', 'unknown-attribute'],
])('a document that %s is one', (_name, text, code) => {
  expect(marks(text).join('\n')).toContain(code);
});
