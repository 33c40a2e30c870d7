import { describe, expect, test } from 'vitest';
import { hoverAt } from './index.ts';
import { atSign, release, textIn } from './page.test.marked.ts';

/** What is told at the sign, and of which text. */
function told(marked: string): { readonly of: string; readonly says: string } | undefined {
  const { page, position } = atSign(marked);
  const hover = hoverAt(page, position);
  if (hover === undefined) return undefined;
  return { of: hover.range === undefined ? '' : textIn(page, hover.range), says: typeof hover.contents === 'object' && 'value' in hover.contents ? hover.contents.value : '' };
}

describe('a hover tells', () => {
  test.each([
    ['an attribute', release.replace('effect=write', 'eff▸ect=write'), 'effect', ['**effect**', 'What the step may change', '`read`, `local` or `write`', 'Stands on: blocks that run']],
    ['the value of an attribute', release.replace('effect=write', 'effect=wr▸ite'), 'write', ['**effect**']],
    ['a length of time', release.replace('poll=30s', 'poll=3▸0s'), '30s', ['**poll**', 'a length of time']],
    ['an attribute of a manual step', release.replace('{name=smoke needs', '{name=smoke ne▸eds'), 'needs', ['**needs**', 'names of earlier steps']],
    ['include', release.replace('{include', '{incl▸ude'), 'include', ['**include**']],
    ['the step that is meant', release.replace('verifies=push-tag', 'verifies=push▸-tag'), 'push-tag', ['step `push-tag`', 'shell block', 'line 18', 'Effect: write', 'Chapter: Release › Tag', 'Verified by `check`', 'Needs `find`']],
    ['one of several steps', release.replace('needs=build', 'needs=find,bu▸ild'), 'build', ['step `build`', 'gate', 'Publishes `digest`']],
    ['a step in an expression', release.replace('passed(push-tag)', 'passed(push▸-tag)'), 'push-tag', ['step `push-tag`']],
    ['an input in an expression', release.replace('&& version', '&& ver▸sion'), 'version', ['input `version`']],
    ['its own name', release.replace('name=smoke', 'name=sm▸oke'), 'smoke', ['step `smoke`', 'manual step', 'It starts.']],
    ['an include', release.replace('name=announce', 'name=ann▸ounce'), 'announce', ['step `announce`', 'Runs `announce.md`']],
    ['an input in shell code', release.replace('git tag "$version"', 'git tag "$ver▸sion"'), 'version', ['input `version`', 'string · required · line 5', 'Pattern: `v\\d+`', 'The \\<b\\>tag\\</b\\> \\[x\\]\\(http\\://e.com\\)']],
    ['an output in shell code', release.replace('"$sha"', '"$s▸ha"'), 'sha', ['output `sha`', 'Published by `find`, line 13']],
    ['what is published', release.replace('export sha', 'export sh▸a'), 'sha', ['output `sha`']],
    ['a secret', release.replace('git tag "$version"', 'git tag "$tok▸en"'), 'token', ['secret', 'From the environment: `TOKEN`']],
    ['an input in script code', release.replace('images.map', 'ima▸ges.map'), 'images', ['list · optional', 'Default: `["a"]`', 'Choices: `a`, `b`']],
    ['a name in a template', release.replace('${sha}', '${sh▸a}'), 'sha', ['output `sha`']],
    ['a key of the front matter', release.replace('lock:', 'lo▸ck:'), 'lock', ['**lock**', 'The name of the release']],
    ['a key of a declaration', release.replace('env: TOKEN', 'e▸nv: TOKEN'), 'env', ['**env**', 'environment variable']],
    ['types', release.replace('{ type: list', '{ ty▸pe: list'), 'type', ['**type**', '`string`, `number`']],
    ['a declared input', release.replace('  version:', '  ver▸sion:'), 'version', ['input `version`']],
    ['an input in the lock', release.replace('{version}', '{ver▸sion}'), 'version', ['input `version`']],
  ])('%s', (_name, marked, of, says) => {
    const answer = told(marked);
    expect(answer?.of).toBe(of);
    for (const part of says) expect(answer?.says).toContain(part);
  });

  test.each([
    ['prose', release.replace('# Release', '# Re▸lease')],
    ['another program\'s names', release.replace('ls-remote', 'ls-re▸mote')],
    ['a single-quoted name', release.replace('git tag "$version"', "git tag '$ver▸sion'")],
    ['a property', release.replace('images.map', 'images.ma▸p')],
    ['code that is data', release.replace('digest: x', 'dig▸est: x')],
    ['a step that is not there', release.replace('verifies=push-tag', 'verifies=no▸ne')],
    ['an unknown key', release.replace('title:', 'ti▸tel:')],
    ['between two attributes', release.replace('effect=write needs', 'effect=write ▸ needs')],
  ])('nothing of %s', (_name, marked) => {
    expect(told(marked)).toBeUndefined();
  });
});

test('foreign text stays text', () => {
  const document = '---\ninputs:\n  v: { type: string, default: "` ![x](http://e.com/p.png) `", description: "![x](http://e.com/p.png) <img src=x>" }\n---\n```sh {effect=read}\necho "$▸v"\n```\n';
  expect(told(document)?.says).toBe('**input `v`** · string · optional · line 3\n\n\\!\\[x\\]\\(http\\://e.com/p.png\\) \\<img src=x\\>\n\nDefault: `` "` ![x](http://e.com/p.png) `" ``');
});
