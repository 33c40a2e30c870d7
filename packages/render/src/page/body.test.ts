import { describe, expect, test } from 'vitest';
import { textOf } from './element.ts';
import { flawsOf, pageOf, type ReadPage } from './page-reader.ts';

const hrefs = (page: ReadPage): string[] => page.find('main').flatMap((main) => linksIn(main));
const linksIn = (node: ReadPage['elements'][number]): string[] =>
  node.children.flatMap((child) => (child.type !== 'element' ? [] : child.tagName === 'a' && !String(child.properties.href).startsWith('#step-') ? [String(child.properties.href)] : linksIn(child)));
const text = (page: ReadPage, id: string): string => {
  const element = page.byId(id);
  return element === undefined ? '(absent)' : textOf(element).replace(/\s+/g, ' ');
};
const shownCode = (page: ReadPage, id: string): string => textOf(byTag(page.byId(id), 'code', 'pre') ?? { type: 'text', value: '(none)' });
const byTag = (node: ReadPage['elements'][number] | undefined, tagName: string, parent: string): ReadPage['elements'][number] | undefined => {
  for (const child of node?.children ?? []) {
    if (child.type !== 'element') continue;
    if (child.tagName === tagName && node?.tagName === parent) return child;
    const found = byTag(child, tagName, parent);
    if (found !== undefined) return found;
  }
  return undefined;
};
const headings = (page: ReadPage): string[] => page.elements.filter(({ tagName }) => /^h[1-6]$/.test(tagName)).map((heading) => `${heading.tagName} ${textOf(heading)} #${String(heading.properties.id)}`);
const contents = (page: ReadPage): string => textOf(page.find('nav')[0] ?? { type: 'text', value: '' });
const blocks = `
# Title

Intro.

\`\`\`bash {name=push effect=write timeout=10m retry=2}
echo "$version"
export url=x
\`\`\`

\`\`\`bash {verifies=push name=is-pushed effect=read absent=1,2}
export url=x
\`\`\`

\`\`\`ts {name=build effect=read poll=30s timeout=2h attempt-timeout=5m needs=push if="version != 'v0'"}
export const image = url
\`\`\`

\`\`\`text {expect=build}
done
\`\`\`

\`\`\`yaml {file=conf/a.yaml source=https://example.org/a.yaml}
a: 1
\`\`\`

- [ ] Look at **it**. <!-- {name=look approvers=2} -->
- [x] Ordinary.
- [next](other.md) <!-- {include name=next} -->

\`\`\`bash {name=pull-back undoes=push effect=write}
true
\`\`\`

\`\`\`bash {name=ask on=failure effect=read interactive=true}
true
\`\`\`
`;
const document = `---
title: Title
requires: runbook >= 0.1
lock: "{version}"
inputs:
  version: { type: string, example: v1, description: The tag, pattern: 'v\\d+' }
  where: { type: choice, choices: [a, b], default: a }
  token: { type: secret, env: TOKEN }
---
${blocks}`;

describe('a card', () => {
  test.each([
    ['step-push', 'push write bash echo "$version" export url=x time limit 10m tries again 2 times verified by is-pushed undone by pull-back uses version gives url'.replaceAll(' ', '')],
    ['step-is-pushed', 'is-pushedreadbashverifiesexporturl=xverifiespushnotdoneexitcode1or2givesurl'],
    ['step-build', "buildreadtswaitsexportconstimage=urlwaitstriesevery30s,for2hatmost;onetrytakes5matmostneedspushonlyifversion!='v0'usesurlgivesimageexpectedoutputshownhere"],
    ['step-look', 'lookpersonLookatit.approvers2differentpeople'],
    ['step-pull-back', 'pull-backwritebashundoestrueundoespush'],
    ['step-ask', 'askreadbashafterafailureasksintheterminaltrue'],
    ['step-next', 'nextwriteanotherrunbookrunsnext'],
  ])('%s says what the step is', async (id, words) => {
    expect(text(await pageOf(document), id).replaceAll(' ', '')).toContain(words);
  });

  test('has its step by its name, its links lead to cards, inputs and figures', async () => {
    const page = await pageOf(document);
    expect(flawsOf(page)).toEqual([]);
    expect(page.cards).toEqual(page.runbook.steps.map((step) => `step-${step.id}`));
    for (const href of ['#step-is-pushed', '#step-pull-back', '#input-version', '#step-push', '#expect-build', 'other.html']) expect(page.find('a').map((link) => link.properties.href)).toContain(href);
    expect(text(page, 'expect-build')).toBe('expected output of builddone');
  });

  test('a task is a box that nobody can tick, named by its text', async () => {
    const page = await pageOf(document);
    const box = page.find('input')[0];
    expect(box?.properties).toMatchObject({ type: 'checkbox', disabled: true, ariaLabelledBy: ['text-step-look'] });
    expect(text(page, 'text-step-look')).toBe('Look at it. ');
    expect(page.byId('text-step-look')?.children.some((child) => child.type === 'element' && child.tagName === 'strong')).toBe(true);
  });

  test('a file names its path and its source', async () => {
    const page = await pageOf(document);
    const file = page.runbook.steps.find((step) => step.kind === 'file');
    expect(text(page, `step-${file?.id ?? ''}`)).toContain('writes the fileconf/a.yaml in the work folder');
    expect(hrefs(page)).toContain('https://example.org/a.yaml');
  });

  test('shows the code as it runs, hidden characters too', async () => {
    const page = await pageOf('> - ```bash {name=a effect=read}\n>   echo "\u202e<b>" &&\n>     true\n>   ```\n');
    expect(shownCode(page, 'step-a')).toBe('echo "<U+202E><b>" &&\n  true');
  });
});

test('the inputs stand behind the introduction, with everything that is declared', async () => {
  const page = await pageOf(`${document}\n## After\n`);
  expect(text(page, 'input-version')).toBe('versionstringexample v1requiredThe tagmatches v\\d+');
  expect(text(page, 'input-where')).toBe('wherechoicedefault aone of a, b');
  expect(text(page, 'input-token')).toBe('tokensecretfrom $TOKENasked for, never shownrequired');
  const [intro, inputs, first] = ['Intro.', 'id="inputs"', 'id="step-push"'].map((part) => page.html.indexOf(part));
  expect(intro).toBeLessThan(inputs ?? 0);
  expect(inputs).toBeLessThan(first ?? 0);
  expect(contents(page)).toMatch(/^ContentsInputs.*push write.*After$/);
});

describe('front matter is not shown', () => {
  test.each([
    ['YAML', '---\ntitle: T\nsecretword: 1\n---\n# T\n'],
    ['TOML', '+++\ntitle = "T"\nsecretword = 1\n+++\n# T\n'],
    ['JSON', '{"title": "T",\n "secretword": 1}\n# T\n'],
  ])('%s', async (_, source) => {
    const page = await pageOf(source);
    expect(page.html).not.toContain('secretword');
    expect(headings(page)).toEqual(['h1 T #title']);
  });
});

describe('headings', () => {
  test.each([
    ['the title is said once', '# A *b*\n\n## C', ['h1 A b #title', 'h2 C #section-c']],
    ['another title than the first heading', '---\ntitle: T\n---\n# A\n\n## C', ['h1 T #title', 'h2 A #section-a', 'h3 C #section-c']],
    ['no level is left out', '# A\n\n#### D\n\n## C\n\n###### F', ['h1 A #title', 'h2 D #section-d', 'h2 C #section-c', 'h3 F #section-f']],
    ['ids as on GitHub', '# A\n\n## Is it *there*, `now`?\n\n## Üben & mehr', ['h1 A #title', 'h2 Is it there, now? #section-is-it-there-now', 'h2 Üben & mehr #section-üben--mehr']],
    ['an anchor of Hugo', '# A\n\n## Chapter {#one}', ['h1 A #title', 'h2 Chapter #section-one']],
    ['twice the same', '# A\n\n## B\n\n## B', ['h1 A #title', 'h2 B #section-b', 'h2 B #section-b-1']],
    ['text before the title', 'Hello.\n\n# A\n\n## B', ['h1 A #title', 'h2 B #section-b']],
    ['none', 'Hello.', ['h1 page #title']],
  ])('%s', async (_, source, expected) => {
    expect(headings(await pageOf(source))).toEqual(expected);
  });
});

describe('links', () => {
  test.each([
    ['to the web', '[a](https://example.org/?a=b&c#d)', ['https://example.org/?a=b&c#d']],
    ['by mail', '<me@example.org>', ['mailto:me@example.org']],
    ['to a document that is rendered too', '[a](other.md) [b](other.md#tag-it) [c](other.md#step-push)', ['other.html', 'other.html#section-tag-it', 'other.html#step-push']],
    ['to a file beside it', '[a](./LICENSE) [b](a%20b/c%3Ad.txt?x=1#y) [c](/root)', ['./LICENSE', 'a%20b/c%3Ad.txt?x=1#y', '/root']],
    ['on the page', '# A\n\n## B c\n\n[a](#b-c) [b](#B-C) [c](#a) [d](#nowhere) <b id="x">x</b> [e](#x)', ['#section-b-c', '#section-b-c', '#title', '#user-content-x']],
    ['images', '![a](https://example.org/a.png) ![](b.png) [![c](https://example.org/c.png)](https://example.org)', ['https://example.org/a.png', 'b.png', 'https://example.org']],
    ['unsafe ones', '[a](javascript:x) ![b](data:image/png;base64,AA) [c](//example.org) [d](file:///x) [e](ftp://x)', []],
  ])('%s', async (_, source, expected) => {
    const page = await pageOf(source);
    expect(hrefs(page)).toEqual(expected);
    expect(page.find('img')).toEqual([]);
    for (const link of page.find('a')) if (String(link.properties.href).startsWith('http')) expect(link.properties.rel).toEqual(['noreferrer']);
  });

  test('footnotes go there and back', async () => {
    const page = await pageOf('# A\n\nText[^1].\n\n[^1]: A note.');
    expect(flawsOf(page)).toEqual([]);
    expect(hrefs(page)).toEqual(['#user-content-fn-1', '#user-content-fnref-1']);
    expect(text(page, 'user-content-fn-1')).toContain('A note.');
  });
});

describe('mark-up of a document', () => {
  test('harmless HTML stays', async () => {
    const page = await pageOf('Press <kbd>Ctrl</kbd>.\n\n<details><summary>More</summary>\n\n**bold**\n\n</details>');
    expect(page.find('kbd').map(textOf)).toEqual(['Ctrl']);
    expect(page.find('strong').map(textOf)).toEqual(['bold']);
    expect(page.find('details').map(({ properties }) => properties.open)).toEqual([undefined]);
  });

  test('a table scrolls, keeps its sides, and has no empty headings', async () => {
    const page = await pageOf('| a | |\n|--:|:-:|\n| 1 | 2 |\n');
    expect(page.find('th').map(textOf)).toEqual(['a']);
    expect(page.find('td').map(({ properties }) => properties.className)).toEqual([['center'], ['right'], ['center']]);
  });

  test('folds that hold a step are open', async () => {
    const page = await pageOf('<details><summary>s</summary>\n\n```bash {name=a effect=read}\ntrue\n```\n\n</details>');
    expect(page.find('details').at(-1)?.properties.open).toBe(true);
  });

  test.each([
    [300, false],
    [500, true],
  ])('HTML nested %i deep: shown as text is %s', async (depth, isPlain) => {
    const page = await pageOf('<div>\n\n'.repeat(depth) + '```bash {name=a effect=read}\ntrue\n```\n');
    expect(page.html.includes('shown without its inline mark-up')).toBe(isPlain);
    expect(page.cards).toEqual(['step-a']);
  });

  test('it cannot make places for our own', async () => {
    const page = await pageOf('<runbook-slot data-key="0">said</runbook-slot>\n\n```bash {name=a effect=read}\ntrue\n```\n\n<runbook-slot data-key="44"></runbook-slot>\n');
    expect(flawsOf(page)).toEqual([]);
    expect(page.find('figure')).toEqual([]);
    expect(page.html).toContain('<span>said</span>');
  });

  test('a step may stand in a cell of a table', async () => {
    const page = await pageOf('<table><tr><th>\n\nBrowsers\n\n</th><td>\n\n```bash {name=a effect=read}\ntrue\n```\n\n</td></tr></table>\n');
    expect(page.cards).toEqual(['step-a']);
    expect(page.html).not.toContain('shown without its inline mark-up');
  });

  test('where it would hide a step, it is shown as text', async () => {
    const page = await pageOf('<table>\n\n```bash {name=a effect=read}\ntrue\n```\n\n*x*\n');
    expect(page.cards).toEqual(['step-a']);
    expect(textOf(page.find('main')[0] ?? { type: 'text', value: '' })).toContain('<table>');
    expect(page.html).toContain('shown without its inline mark-up');
  });
});

test('a terminal session tells what is typed from what is answered', async () => {
  const page = await pageOf('```console\n$ ls "a"\nb  # c\n```\n\n```console\nno prompt\n```\n');
  const spans = page.find('span').map((span) => [String(span.properties.className), textOf(span)]);
  expect(spans).toContainEqual(['prompt', '$ ']);
  expect(spans).toContainEqual(['answer', 'b  # c']);
  expect(page.find('figure').map((figure) => textOf(figure))).toEqual(['terminal$ ls "a"\nb  # c', 'terminalno prompt']);
});

test('code is coloured by its language, other code is not', async () => {
  const page = await pageOf('```yaml\na: 1\n```\n\n```rust\nfn a() {}\n```\n\n    indented\n');
  expect(page.find('span').some(({ properties }) => String(properties.className) === 'hljs-attr')).toBe(true);
  expect(page.find('figure').map((figure) => textOf(figure))).toEqual(['yamla: 1', 'rustfn a() {}', 'indented']);
});

describe('problems stand on top', () => {
  test('errors', async () => {
    const page = await pageOf('# A\n\n```bash {name=a effect=raed}\ngit push <your-fork>\n```\n');
    const faults = page.find('section').find(({ properties }) => String(properties.className).includes('faults'));
    expect(String(faults?.properties.className)).toContain('refused');
    expect(textOf(faults ?? { type: 'text', value: '' })).toMatch(/2 errors.*will not run.*line 3, column 24 bad-attribute-value.*read, local or write.*placeholder/);
    expect(page.cards).toEqual(['step-a']);
    expect(page.html.indexOf('id="problems"')).toBeLessThan(page.html.indexOf('id="step-a"'));
  });

  test('warnings', async () => {
    const page = await pageOf('```bash\necho\n```\n');
    expect(page.html).toContain('This document has 1 warning.');
    expect(page.html).toContain('effect not declared');
  });

  test('none', async () => {
    expect((await pageOf('# A\n')).html).not.toContain('id="problems"');
  });

  test('a document that cannot be read is shown as it stands', async () => {
    const page = await pageOf(`${'>'.repeat(150)} deep **x**\n`);
    expect(page.html).toContain('nesting-too-deep');
    expect(textOf(page.find('pre')[0] ?? { type: 'text', value: '' })).toContain('> deep **x**');
  });
});
