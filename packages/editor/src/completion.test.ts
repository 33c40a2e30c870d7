import { describe, expect, test } from 'vitest';
import { completionsAt, openPage } from './index.ts';
import { atSign, release, textIn } from './page.test.marked.ts';

const labels = (marked: string, trigger?: string): string[] => {
  const { page, position } = atSign(marked);
  return completionsAt(page, position, trigger).map((item) => item.label);
};

/** The text after the first offer with a label is taken. */
function take(marked: string, label: string): string {
  const { page, position } = atSign(marked);
  const item = completionsAt(page, position).find((one) => one.label === label);
  if (item?.textEdit === undefined || !('range' in item.textEdit)) throw new Error(`${label} is not offered`);
  return page.text.slice(0, page.offsetAt(item.textEdit.range.start)) + item.textEdit.newText + page.text.slice(page.offsetAt(item.textEdit.range.end));
}

const sh = (info: string, code = 'ls'): string => `\`\`\`${info}\n${code}\n\`\`\`\n`;

describe('attribute names', () => {
  test.each([
    ['a block that runs', sh('bash {▸}'), ['name', 'effect', 'verifies', 'poll', 'timeout', 'interpreter'], ['approvers', 'expect', 'file', 'source', 'include']],
    ['a block that does not', sh('yaml {▸}'), ['name', 'expect', 'file', 'source', 'ignore'], ['effect', 'verifies', 'poll', 'approvers']],
    ['a file block', sh('yaml {file=a ▸}'), ['name', 'if', 'needs', 'source'], ['file', 'effect', 'expect']],
    ['a manual step', '- [ ] Look. <!-- {▸} -->\n', ['name', 'approvers', 'effect', 'timeout'], ['poll', 'verifies', 'file', 'include']],
    ['an include', '- [b](b.md) <!-- {▸} -->\n', ['include', 'name', 'needs'], ['poll', 'approvers']],
    ['what is there is not offered again', sh('bash {name=a effect=read ▸}'), ['timeout'], ['name', 'effect']],
    ['an unclosed brace', '```bash {name=a ti▸\nls\n', ['timeout'], ['name']],
    ['an unclosed comment', '- [ ] Look. <!-- {▸', ['approvers'], ['poll']],
    ['a comment on a line of its own', '- [ ] Look\n  twice.\n  <!-- {name=a ▸} -->\n', ['approvers'], ['name']],
    ['a fence in a list', '1. a\n   ```sh {▸}\n   ls\n   ```\n', ['effect'], []],
    ['tildes', '~~~bash {▸}\nls\n~~~\n', ['effect'], []],
    ['line highlights beside it', sh('js {1,3} {▸}'), ['effect'], []],
    ['an unclosed fence', 'a\n\n```sh {▸', ['effect'], []],
  ])('%s', (_name, marked, offered, left) => {
    const all = labels(marked);
    expect(all).toEqual(expect.arrayContaining(offered));
    expect(all.filter((label) => left.includes(label))).toEqual([]);
  });

  test('the key that is being typed is replaced, whatever an editor takes for a word', () => {
    expect(take(sh('bash {attempt-ti▸}'), 'attempt-timeout')).toBe(sh('bash {attempt-timeout=}'));
    expect(take(sh('bash {eff▸=read}'), 'effect')).toBe(sh('bash {effect=read}'));
    expect(take(sh('bash {"name":"a","ef▸":"read"}'), 'effect')).toBe(sh('bash {"name":"a","effect":"read"}'));
    expect(take(sh('bash {"name":"a", "ef▸}'), 'effect')).toBe(sh('bash {"name":"a", "effect": '));
    expect(take('- [b](b.md) <!-- {▸} -->\n', 'include')).toBe('- [b](b.md) <!-- {include} -->\n');
  });

  test.each([
    ['prose', 'Some {▸} prose\n'],
    ['the language', sh('ba▸sh {name=a}')],
    ['behind the braces', sh('bash {name=a} ▸')],
    ['a comment elsewhere', 'Text\n\n<!-- {▸} -->\n'],
    ['a comment in code', sh('text', '- [ ] a <!-- {▸} -->')],
    ['a plain item', '- Look {▸}\n'],
  ])('nothing in %s', (_name, marked) => {
    expect(labels(marked)).toEqual([]);
  });
});

describe('attribute values', () => {
  test.each([
    ['effect', sh('bash {effect=▸}'), ['read', 'local', 'write']],
    ['in quotes', sh('bash {effect="r▸"}'), ['read', 'local', 'write']],
    ['booleans', sh('bash {background=▸}'), ['true', 'false']],
    ['session', sh('bash {session=▸}'), ['none', 'shared']],
    ['on', sh('bash {on=▸}'), ['failure']],
    ['nothing for a name', sh('bash {name=▸}'), []],
    ['nothing for what does not exist', sh('bash {colour=▸}'), []],
    ['steps, nearest first, without itself', release.replace('verifies=push-tag', 'verifies=▸'), ['push-tag', 'build', 'find', 'smoke', 'announce']],
    ['only earlier steps', release.replace('needs=find', 'needs=▸'), ['find']],
    ['the rest of a list', release.replace('needs=build', 'needs=build,fi▸'), ['check', 'push-tag', 'find']],
  ])('%s', (_name, marked, expected) => {
    expect(labels(marked)).toEqual(expected);
  });

  test('lengths of time', () => {
    expect(labels(sh('bash {poll=▸}'))).toContain('30s');
    expect(labels(sh('bash {timeout=1▸}'))).toContain('10m');
  });

  test('tags that are used already', () => {
    expect(labels(sh('bash {name=a tag=slow,images}') + sh('bash {tag=▸}'))).toEqual(['slow', 'images']);
    expect(labels(sh('bash {name=a tag=slow,images}') + sh('bash {tag=images,▸}'))).toEqual(['slow']);
  });

  test('names, functions and steps in an expression', () => {
    const all = labels(release.replace("version != ''", '▸'));
    expect(all).toEqual(expect.arrayContaining(['version', 'images', 'sha', 'passed', 'find', 'push-tag']));
    expect(all).not.toContain('digest');
    expect(all).not.toContain('smoke');
  });

  test('the value, or the part between commas, is replaced', () => {
    expect(take(sh('bash {name=find}') + sh('bash {needs=fi▸ name=b}'), 'find')).toContain('{needs=find name=b}');
    expect(take(sh('bash {name=find}') + sh('bash {name=b}') + sh('bash {needs=find,▸}'), 'b')).toContain('{needs=find,b}');
    expect(take(sh('bash {"effect":▸}'), 'read')).toBe(sh('bash {"effect":"read"}'));
    expect(take(sh('bash {"effect":"▸"}'), 'read')).toBe(sh('bash {"effect":"read"}'));
    expect(take(sh('bash {name=find effect=read}') + sh('js {if="passed(f▸)"}'), 'find')).toContain('{if="passed(find)"}');
  });
});

describe('names in code', () => {
  const inShell = (code: string): string => release.replace('git tag "$version" "$sha"', code);
  const inScript = (code: string): string => release.replace(/export const digest = .*/, code);
  test.each([
    ['behind $', inShell('git tag "$▸"'), ['version', 'images', 'token', 'sha']],
    ['in braces', inShell('git tag ${ver▸}'), ['version', 'images', 'token', 'sha']],
    ['in unclosed braces', inShell('git tag "${▸'), ['version', 'images', 'token', 'sha']],
    ['in a here-document', inShell('cat <<EOF\n$▸\nEOF'), ['version', 'images', 'token', 'sha']],
    ['not in single quotes', inShell("echo '$▸'"), []],
    ['not in a comment', inShell('echo # $▸'), []],
    ['not behind a backslash', inShell('echo \\$▸'), []],
    ['not as a command', inShell('▸'), []],
    ['script names', inScript('export const a = im▸'), ['version', 'images', 'token', 'sha']],
    ['in a template', inScript('export const a = `${▸}`'), ['version', 'images', 'token', 'sha']],
    ['not as a property', inScript('export const a = images.▸'), []],
    ['not in a string', inScript("export const a = 'im▸'"), []],
    ['not in a script comment', inScript('// im▸'), []],
    ['a verifier runs before its step', release.replace('git rev-parse "$version"', 'git rev-parse $▸'), ['version', 'images', 'token', 'sha']],
    ['nothing in data', release.replace('digest: x', 'digest: $▸'), []],
  ])('%s', (_name, marked, expected) => {
    expect(labels(marked)).toEqual(expected);
  });

  test('the whole name is replaced, in a list too', () => {
    expect(take(inShell('git tag "$ver▸s"'), 'version')).toContain('git tag "$version"');
    expect(take(release.replace('git rev-parse "$version"', 'git rev-parse $▸'), 'sha')).toContain('  git rev-parse $sha\n');
  });

  test('an editor that asks by itself is answered behind $ alone', () => {
    expect(labels(inScript('const a = ▸'), ' ')).toEqual([]);
    expect(labels(inShell('git tag $▸'), '$')).not.toEqual([]);
    expect(labels(sh('bash {name=a ▸}'), ' ')).not.toEqual([]);
  });
});

const yaml = (...lines: readonly string[]): string => `---\n${lines.join('\n')}\n---\n# a\n`;
const declaration = ['type', 'description', 'default', 'example', 'required', 'pattern', 'choices', 'env'];

describe('front matter', () => {
  test.each([
    ['keys', yaml('▸'), ['title', 'requires', 'lock', 'inputs', 'cwd', 'shell', 'tag', 'category']],
    ['the rest of the keys', yaml('title: a', 'lo▸'), ['requires', 'lock', 'inputs', 'cwd', 'shell', 'tag', 'category']],
    ['before others', yaml('▸', 'title: a'), ['requires', 'lock', 'inputs', 'cwd', 'shell', 'tag', 'category']],
    ['not closed yet', '---\ntitle: a\n▸', ['requires', 'lock', 'inputs', 'cwd', 'shell', 'tag', 'category']],
    ['a declaration in braces', yaml('inputs:', '  v: {▸}'), declaration],
    ['… that is not closed', yaml('inputs:', '  v: { ▸', '  w: { type: string }'), declaration],
    ['… with something in it', yaml('inputs:', '  v: { type: secret, ▸}'), ['description', 'required', 'env']],
    ['… over lines', yaml('inputs:', '  v:', '    type: number', '    ▸'), ['description', 'default', 'example', 'required', 'env']],
    ['… over lines, before others', yaml('inputs:', '  v:', '    ▸', '    type: number', '  w: { type: string }'), ['description', 'default', 'example', 'required', 'env']],
    ['an input of one\'s own name', yaml('inputs:', '  ▸'), []],
    ['types', yaml('inputs:', '  v: { type: ▸ }'), ['string', 'number', 'boolean', 'choice', 'list', 'secret']],
    ['types over lines', yaml('inputs:', '  v:', '    type: s▸'), ['string', 'number', 'boolean', 'choice', 'list', 'secret']],
    ['required', yaml('inputs:', '  v: { type: string, required: ▸ }'), ['false', 'true']],
    ['choices', yaml('inputs:', '  v: { type: choice, choices: [a, b], default: ▸ }'), ['a', 'b']],
    ['requires', yaml('requires: ▸'), ['runbook >= 0.1']],
    ['the lock', yaml('lock: "{▸}"', 'inputs:', '  v: { type: string }', '  t: { type: secret }'), ['v']],
    ['the lock outside braces', yaml('lock: "▸"', 'inputs:', '  v: { type: string }'), []],
    ['TOML keys', '+++\n▸\n+++\n', ['title', 'requires', 'lock', 'inputs', 'cwd', 'shell', 'tag', 'category']],
    ['a TOML table', '+++\n[inputs.v]\ntype = "list"\n▸\n+++\n', ['description', 'default', 'example', 'required', 'pattern', 'choices', 'env']],
    ['a TOML map', '+++\n[inputs]\nv = { type = "string", ▸ }\n+++\n', ['description', 'default', 'example', 'required', 'pattern', 'env']],
    ['TOML types', '+++\n[inputs.v]\ntype = ▸\n+++\n', ['string', 'number', 'boolean', 'choice', 'list', 'secret']],
    ['JSON keys', '{ "title": "a", ▸ }\n', ['requires', 'lock', 'inputs', 'cwd', 'shell', 'tag', 'category']],
    ['a JSON declaration', '{ "inputs": { "v": { "type": "string", "▸" } } }\n', ['description', 'default', 'example', 'required', 'pattern', 'env']],
    ['text behind it', `${yaml('title: a')}\ntit▸`, []],
    ['a list item', yaml('tags:', '  - ▸'), []],
  ])('%s', (_name, marked, expected) => {
    expect(labels(marked)).toEqual(expected);
  });

  test('what is written reads well in each format', () => {
    expect(take(yaml('lo▸'), 'lock')).toBe(yaml('lock: '));
    expect(take(yaml('▸'), 'inputs')).toBe(yaml('inputs:'));
    expect(take(yaml('lo▸: a'), 'lock')).toBe(yaml('lock: a'));
    expect(take(yaml('inputs:', '  v: { type: ▸}'), 'choice')).toBe(yaml('inputs:', '  v: { type: choice}'));
    expect(take(yaml('lock: "{v▸"', 'inputs:', '  version: { type: string }'), 'version')).toContain('lock: "{version}"');
    expect(take('+++\nlo▸\n+++\n', 'lock')).toBe('+++\nlock = \n+++\n');
    expect(take('+++\n[inputs.v]\ntype = ▸\n+++\n', 'list')).toContain('type = "list"\n');
    expect(take('{ "title": "a", "lo▸ }\n', 'lock')).toBe('{ "title": "a", "lock":  }\n');
  });
});

test('an offer explains itself and names the text it replaces', () => {
  const { page, position } = atSign(sh('bash {ef▸}'));
  const item = completionsAt(page, position).find((one) => one.label === 'effect');
  expect(item).toMatchObject({ kind: 10, documentation: { kind: 'markdown' } });
  expect(item?.textEdit !== undefined && 'range' in item.textEdit ? textIn(page, item.textEdit.range) : '').toBe('ef');
});

test('positions outside the text give nothing, and no error', () => {
  const page = openPage(release, 'file:///a.md');
  for (const position of [{ line: -1, character: -1 }, { line: 9999, character: 0 }, { line: 0, character: 9999 }]) expect(completionsAt(page, position)).toEqual([]);
});
