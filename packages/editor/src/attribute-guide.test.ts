import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { attributeKeys, mayStandOn, parseRunbook } from '@runbook/model';
import type { AttributeHost } from '@runbook/model';
import { guidedKeys, guideOf } from './attribute-guide.ts';
import { formatAttributeTable } from './index.ts';

const others = '```sh {name=look effect=read}\n```\n```sh {name=push-tag effect=write}\n```\n```sh {name=build effect=read}\n```\n```sh {name=is-up effect=read}\n```\n';

/** A block of each sort with one attribute. */
const blocks: Readonly<Record<AttributeHost, (attribute: string) => string>> = {
  run: (attribute) => `\`\`\`js {${attribute}}\n\`\`\`\n`,
  manual: (attribute) => `- [ ] Look. <!-- {${attribute}} -->\n`,
  include: (attribute) => `- [b](b.md) <!-- {include ${attribute}} -->\n`,
  file: (attribute) => `\`\`\`text {${attribute.startsWith('file=') ? '' : 'file=a '}${attribute}}\n\`\`\`\n`,
  data: (attribute) => `\`\`\`text {${attribute}}\n\`\`\`\n`,
};

test('every attribute of the model is explained, and no other', () => {
  expect(guidedKeys()).toEqual(attributeKeys);
});

describe.each(attributeKeys)('%s', (key) => {
  const guide = guideOf(key);
  const values = [guide?.example ?? '', ...(Array.isArray(guide?.offers) ? guide.offers : [])].map(String);

  test('has an example and offers that are right where it may stand', () => {
    for (const [host, block] of Object.entries(blocks) as [AttributeHost, (attribute: string) => string][]) {
      if (!mayStandOn(key, host)) continue;
      for (const value of values) {
        const { problems } = parseRunbook(others + block(`${key}=${/^["']/.test(value) ? value : `"${value}"`}`), 'a.md');
        const wrong = problems.filter(({ code, line }) => line > 8 && ['unknown-attribute', 'bad-attribute-value', 'bad-attributes', 'attribute-not-here', 'bad-condition', 'unknown-step', 'attributes-to-nowhere'].includes(code));
        expect({ host, value, wrong: wrong.map(({ message }) => message) }).toEqual({ host, value, wrong: [] });
      }
    }
  });

  test('is explained in sentences', () => {
    expect(guide?.meaning).toMatch(/^[A-Z`].*\.$/);
    expect(guide?.values).not.toBe('');
  });
});

test('docs/attributes.md holds the table as it is here', () => {
  const page = readFileSync(new URL('../../../docs/attributes.md', import.meta.url), 'utf8');
  const missing = formatAttributeTable().split('\n').filter((row) => !page.split('\n').includes(row));
  expect(missing).toEqual([]);
  expect(page.split('\n').filter((row) => row.startsWith('|')).length).toBe(formatAttributeTable().split('\n').length);
});
