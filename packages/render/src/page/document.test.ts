import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { textOf } from './element.ts';
import { policyOf } from './frame.ts';
import { flawsOf, pageOf } from './page-reader.ts';
import { style } from './style.ts';

const step = (name: string): string => `\`\`\`bash {name=${name} effect=read}\necho ${name}\n\`\`\`\n`;

test('the release runbook makes a sound page with every step', async () => {
  const page = await pageOf(readFileSync(new URL('../../../../runbooks/release.md', import.meta.url), 'utf8'));
  expect(flawsOf(page)).toEqual([]);
  expect(page.runbook.steps.length).toBeGreaterThan(20);
  expect(page.html).not.toContain('requires: runbook');
  expect(page.find('nav')).toHaveLength(1);
});

test('one page, the same bytes', async () => {
  const text = `# A\n\n${step('one')}`;
  expect((await pageOf(text)).html).toBe((await pageOf(text)).html);
});

test('the policy allows our style and script and nothing else', async () => {
  const page = await pageOf('# A\n');
  const digest = (tagName: string): string => createHash('sha256').update(textOf(page.find(tagName)[0] ?? { type: 'text', value: '' })).digest('base64');
  const policy = policyOf(style);
  expect(policy).toBe(`default-src 'none'; style-src 'sha256-${digest('style')}'; script-src 'sha256-${digest('script')}'; base-uri 'none'; form-action 'none'`);
  expect(page.find('meta')[1]?.properties).toEqual({ httpEquiv: ['Content-Security-Policy'], content: policy });
});

describe('documents of strangers', () => {
  const nasty: readonly (readonly [string, string])[] = [
    ['a script', '<script>alert(1)</script>'],
    ['a script that is never closed', `<script>\n\n${step('a')}`],
    ['a style', '<style>.step{display:none}</style>'],
    ['a style attribute', '<div style="display:none">\n\n' + step('a') + '\n</div>'],
    ['hidden', '<div hidden aria-hidden="true" inert>\n\n' + step('a') + '\n</div>'],
    ['handlers', '<img src=x onerror=alert(1)> <b onclick="alert(1)">b</b> <details ontoggle=alert(1) open>x</details>'],
    ['javascript links', '[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](java&#10;script:alert(1)) <a href=" javascript:alert(1)">d</a> <a href="java\tscript:alert(1)">e</a> [f](vbscript:x)'],
    ['data links', '[a](data:text/html,<script>alert(1)</script>) ![b](data:image/svg+xml;base64,AAAA)'],
    ['file links', '[e](%2F%2Fevil.example) [f](%5C%5Cevil.example) [g](javascript%3Aalert(1)) [h](./javascript:x) [i](a%0Ab) [a](file:///etc/passwd) [b](//evil.example/x) [c](\\\\evil.example\\x) <a href="/\\evil.example">d</a>'],
    ['reference links', '[a][x]\n\n[x]: javascript:alert(1)'],
    ['autolinks', '<javascript:alert(1)> <https://a.example/"onmouseover="x>'],
    ['attribute escape', '[a](https://a.example/"onmouseover="alert(1) "t\\"onclick=\\"x")'],
    ['images', '![a"onerror="x](https://a.example/b.png) <picture><source srcset="https://a.example/c.png"><img src="https://a.example/d.png"></picture> <video src=x></video>'],
    ['frames', '<iframe src="https://a.example" srcdoc="<script>x</script>"></iframe><object data=x></object><embed src=x>'],
    ['base and meta', '<base href="https://a.example/"><meta http-equiv="refresh" content="0;url=https://a.example"><link rel=stylesheet href=x>'],
    ['forms', '<form action="https://a.example"><input name=x value=y type=password><button formaction=x>b</button><textarea>t</textarea></form>'],
    ['svg and math', '<svg><script>alert(1)</script><a xlink:href="javascript:x"><text>t</text></a></svg><math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>'],
    ['clobbering ids', '<a id="said" name="said">x</a> <b id="title">y</b> <i id="step-a">z</i>\n\n# document\n\n## said\n\n' + step('a')],
    ['double ids', '<b id="a">x</b> <b id="a">y</b> <a name="a">z</a>\n\n# a\n\n# a\n\n# A'],
    ['a forged place', `<runbook-slot data-key="0">x</runbook-slot>\n\n${step('a')}\n<runbook-slot data-key="45"></runbook-slot>`],
    ['a forged card', '<article class="step write" id="step-a">x</article><span class="badge write">write</span>'],
    ['folded steps', `<details><summary>s</summary>\n\n${step('a')}\n</details>`],
    ['steps in a table', `<table><tr><td>\n\n${step('a')}\n</td></tr></table>\n\n${step('b')}`],
    ['steps in a broken table', `<table>\n\n${step('a')}\n<tr>\n\n${step('b')}`],
    ['steps in a select', `<select><option>\n\n${step('a')}\n</select>`],
    ['steps in a template', `<template>\n\n${step('a')}\n</template>`],
    ['steps in svg', `<div><svg><desc>\n\n${step('a')}\n</desc></svg></div>`],
    ['steps in a link', `<div><a href="https://a.example">\n\n${step('a')}\n`],
    ['steps in a heading', `<h2>\n\n${step('a')}\n</h2>`],
    ['steps in a text area', `<div><textarea>\n\n${step('a')}\n- [ ] tick\n`],
    ['steps in plaintext', `<plaintext>\n\n${step('a')}`],
    ['tasks in html', '<ul><li>\n\n- [ ] one <!-- {name=one} -->\n- [x] two <b>bold\n\n</li></ul>\n\n- [ ] three'],
    ['a footnote that holds code', `a[^1]\n\n[^1]: text\n\n    ${step('a').replaceAll('\n', '\n    ')}`],
    ['a footnote nobody names', `[^1]: x\n${step('a')}`],
    ['deep html', '<b>'.repeat(20_000) + 'x'],
    ['deep lists of html', '<ul><li>'.repeat(5_000) + '\n\n' + step('a')],
    ['deep html, block by block', '<div>\n\n'.repeat(1_000) + step('a')],
    ['many marks', '*a_ '.repeat(8_000) + '\n\n' + step('a')],
    ['open brackets', '[a]('.repeat(8_000) + '\n\n' + step('a')],
    ['quotes too deep', '>'.repeat(200) + ' a\n\n' + step('a')],
    ['an unclosed front matter', '+++\ntitle = "a<script>alert(1)</script>"\n\n' + step('a')],
    ['mark-up in the title', '---\ntitle: "</title><script>alert(1)</script>"\n---\n\n# <img src=x onerror=alert(1)>\n'],
    ['ids in the title', '# A <b id="a">x</b> <b id="a">y</b>\n\n<i id="a">z</i>'],
    ['images and links in the title', '# ![A](https://tracker.example/a.png) [b](//evil.example) <code>c\u202e</code>\n'],
    ['mark-up in inputs', '---\ninputs:\n  a: { type: string, default: "<script>x</script>", description: "</td><script>x</script>", pattern: ".*" }\n---\n'],
    ['mark-up in attributes', '```bash {name=a effect=read if="\'<script>\' == \'x\'" cwd="<b>"}\necho "</code></pre><script>alert(1)</script>"\n```\n```text {expect=a}\n</pre><script>\n```\n```yaml {source=https://a.example/"onclick=x}\na: 1\n```'],
    ['mark-up in problems', '```bash {name=a effect=read needs=<script>alert(1)</script>}\necho\n```\n'],
    ['mark-up in an info string', '```<script>alert(1)</script>\nx\n```\n```"onclick="x\ny\n```'],
    ['duplicate names', step('a') + '\n' + step('a') + '\n' + step('a-2') + '\n' + step('a')],
    ['heading leaps', '###### six\n\n# one\n\n#### four\n\n<h1 id="x">html</h1>\n\n## \n\n[to html](#x)'],
    ['nested links', '<a href="https://a.example">a [b](https://b.example) ![c](https://c.example/c.png)</a>'],
    ['empty links', '[](https://a.example) [ ](#nowhere) [x](#nowhere) <a href="">y</a>'],
    ['surrogates and controls', '# a\ud800b\u0000c\u001b[31m\n\n```bash {name=a effect=read}\necho \u202e\ud83d\u0007\u001b]8;;x\u0007\n```'],
    ['nothing', ''],
    ['only a BOM', '\uFEFF'],
  ];
  test.each(nasty)('%s', async (_, text) => {
    for (const variant of [text, `\uFEFF${text.replaceAll('\n', '\r\n')}`]) expect(flawsOf(await pageOf(variant))).toEqual([]);
  });

  test('any mixture of them', async () => {
    const parts = [
      ...nasty.map(([, text]) => text).filter((text) => text.length < 400 && !/^(?:---|\+\+\+)/.test(text)),
      '</div>', '</table>', '<td>', '<details>', '<p>', '<pre>', '<h1>', '# A', '---', '===', '1. x', '> y', '> ```bash', '- [ ] task', '- ', '  ', '|a|b|\n|-|-:|\n|c|', '[^1]', '[^1]: note', '<!--', '-->', '<![CDATA[', ']]>', '<?', '&lt;script&gt;', '**b', '`c', '~~~', '```', '\t', '\\', '{#anchor}',
      step('a'), step('b'), step('c'),
    ];
    const document = fc.array(fc.tuple(fc.constantFrom(...parts), fc.constantFrom('\n', '\n\n', ' ', '')), { maxLength: 12 }).map((chosen) => chosen.map(([part, end]) => part + end).join(''));
    await fc.assert(fc.asyncProperty(document, async (text) => {
      expect(flawsOf(await pageOf(text))).toEqual([]);
    }), { numRuns: 60 });
  });

  test('any text', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'<>/"\'=`[]()!#*_-\n \t:{}a') })), async (text) => {
      expect(flawsOf(await pageOf(text))).toEqual([]);
    }), { numRuns: 60 });
  });
});
