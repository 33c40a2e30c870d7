import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeBlock, codeSpan, escapeMarkdown, pageLink } from './markdown-text.ts';
import { fitReportMarkdown, renderReportMarkdown } from './report-markdown.ts';
import { samplePlan, sampleReport, sampleReportStep, sampleStep } from './sample.ts';

const report = sampleReport(
  [
    sampleReportStep('push-tag', { effect: 'write', started: '2026-11-22T10:00:01.000Z', durationMs: 1200, link: 'https://github.com/o/r', outputs: { sha: 'a|b', images: ['x'] } }),
    sampleReportStep('check-tag', { role: 'verifier', verifies: 'push-tag' }),
    sampleReportStep('smoke', { state: 'declined', reason: 'no *time*', by: 'bob' }),
  ],
  {
    commit: 'f00d',
    dirty: true,
    inputs: { version: { kind: 'value', value: 'v1', from: 'given' }, token: { kind: 'secret' } },
    writes: [
      { step: 'push-tag', service: 'github', method: 'POST', target: 'https://api.github.com/repos/o/r/pulls', body: '{"a":1}', withheld: false },
      { step: 'push-tag', service: 'github', method: 'PUT', target: 'https://api.github.com/x', body: '{"a":1}', withheld: true },
    ],
    approvals: [{ step: 'go', by: { name: 'alice', verified: 'forge' }, at: '2026-11-22T10:01:00.000Z', decision: 'approve', evidence: 'https://example.org/e' }],
  },
);

test('a write whose step was cut off or failed is not called made', () => {
  const write = (step: string) => ({ step, service: 'shell', target: `do ${step}`, withheld: false });
  const text = renderReportMarkdown(
    sampleReport([sampleReportStep('one'), sampleReportStep('two', { state: 'interrupted' }), sampleReportStep('three', { state: 'failed' }), sampleReportStep('four', { state: 'undone' })], {
      state: 'failed',
      writes: ['one', 'two', 'three', 'four', 'gone'].map(write),
    }),
  );
  expect(text).toContain('Writes: 3 made, 2 begun and not known to be made.');
  expect(text).toContain('## Writes made\n\n| STEP | SERVICE | METHOD | TARGET |\n| --- | --- | --- | --- |\n| `one` | shell | `run` | `do one` |\n| `four` | shell | `run` | `do four` |\n| `gone` | shell | `run` | `do gone` |\n\n');
  expect(text).toContain('## Writes begun and not known to be made\n\n| STEP | SERVICE | METHOD | TARGET |\n| --- | --- | --- | --- |\n| `two` | shell | `run` | `do two` |\n| `three` | shell | `run` | `do three` |\n\n');
});

test('a write that was not found before its step was tried again is not called made, though the step passed', () => {
  const write = { step: 'one', service: 'shell', target: 'do one', withheld: false };
  expect(renderReportMarkdown(sampleReport([sampleReportStep('one')], { writes: [{ ...write, notFound: true }, write] }))).toContain('Writes: 1 made, 1 begun and not known to be made.');
});

test('the record of a live run', () => {
  const plan = samplePlan([sampleStep('push-tag', { source: '# why\ngit tag -s "$version" | cat\ngit push\n' }), sampleStep('smoke', { kind: 'manual', source: 'Does it start?' })]);
  const lines = renderReportMarkdown(report, { plan }).split('\n');
  expect(lines.slice(0, 8)).toEqual([
    '# Release',
    '',
    'The run passed. Declined: smoke. Steps: 2 passed, 1 declined in 3m 05s. Writes: 1 made, 1 withheld.',
    '',
    '| STEP | COMMAND | LINK | START | DURATION | SUCCEEDED? |',
    '| --- | --- | --- | --- | --- | --- |',
    '| `push-tag` | <code>git tag &#45;s &#34;&#36;version&#34; &#124; cat</code> … | [github.com](<https://github.com/o/r>) | 2026-11-22 10:00:01Z | 1.2s | yes, verified |',
    '| `smoke` | Does it start? |  |  |  | declined: no \\*time\\* |',
  ]);
  const text = lines.join('\n');
  expect(text).toContain('## Writes made\n\n| STEP | SERVICE | METHOD | TARGET |\n| --- | --- | --- | --- |\n| `push-tag` | github | `POST` | `https://api.github.com/repos/o/r/pulls` |');
  expect(text).toContain('## Writes withheld\n\n`push-tag`:\n\n```\nPUT https://api.github.com/x\n{\n  "a": 1\n}\n```');
  expect(text).toContain('| `push-tag` | `sha` | <code>a&#124;b</code> |\n| `push-tag` | `images` | `["x"]` |');
  expect(text).toContain('| `go` | approved | `alice` (verified: forge) | 2026-11-22 10:01:00Z | [example.org](<https://example.org/e>) |');
  expect(text).toContain('| `smoke` | declined | `bob` |  |  |');
  expect(text).toContain('| `version` | `v1` | given |\n| `token` | (secret) |  |');
  expect(text).toContain('- commit: `f00d`, with changes that are not committed\n');
  expect(text).toContain('- tool: `runbook 0.1.0`\n');
});

test('a rehearsal and a dry run say so on the first line', () => {
  const first = (difference: object): string => renderReportMarkdown({ ...report, ...difference }).split('\n')[0] ?? '';
  expect(first({ mode: 'rehearse', world: 'No outside network; the people tick.' })).toBe('> **Rehearsal.** No outside network; the people tick.');
  expect(first({ mode: 'rehearse' })).toBe('> **Rehearsal.** Nothing of this is real.');
  expect(first({ mode: 'dry-run' })).toBe('> **Dry run.** Reads were real, writes were withheld.');
});

test('a failure has its own part, with its last lines and log', () => {
  const failed = sampleReport([sampleReportStep('tag', { state: 'failed', exitCode: 7, reason: 'exit code 7', tail: ['```', 'boom'], log: 'logs/tag.log' })], { state: 'failed' });
  const text = renderReportMarkdown(failed);
  expect(text).toContain('| `tag` | Tag the release |  |  |  | **failed**: exit code 7 |');
  expect(text).toContain('## tag failed\n\n`release.md:10` exit code 7\n\n````\n```\nboom\n````\n\nLog: `logs/tag.log`');
});

test('same report, same bytes', () => {
  expect(renderReportMarkdown(report)).toBe(renderReportMarkdown(structuredClone(report)));
});

describe('foreign text', () => {
  test.each([
    ['<img src=x onerror=1> & *b*', '\\<img src=x onerror=1\\> \\& \\*b\\*'],
    ['a | b\nc', 'a \\| b c'],
    ['1. x', '1\\. x'],
    ['- x', '\\- x'],
    ['\u001b[31mred', 'red'],
  ])('%j is escaped', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });

  test('as code', () => {
    expect(codeSpan('a`b')).toBe('``a`b``');
    expect(codeSpan('`a')).toBe('`` `a ``');
    expect(codeSpan('a | <b>')).toBe('<code>a &#124; &#60;b&#62;</code>');
    expect(codeSpan('\n')).toBe('');
    expect(codeBlock('a\n````\n')).toBe('`````\na\n````\n`````');
  });

  test('as a link, only where it is one', () => {
    expect(pageLink('https://prow.k8s.io/view/1?a=b|c')).toBe('[prow.k8s.io](<https://prow.k8s.io/view/1?a=b%7Cc>)');
    for (const text of ['javascript:alert(1)', 'https://a> <b', 'http://a.org', 'https://user@evil.org']) expect(pageLink(text)).toBe(codeSpan(text));
  });

  test('never adds a cell or a line to the table', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('|', '\\', '`', '\n', '\r', 'a', ' ', '\u2028', '<') }), (text) => {
        const steps = [sampleReportStep('s', { state: 'failed', reason: text, link: text, heading: text })];
        const lines = renderReportMarkdown(sampleReport(steps)).split(/[\n\r]/);
        const row = lines[lines.findIndex((line) => line.startsWith('| --- |')) + 1] ?? '';
        expect(row.replace(/\\[\\|]/g, '').split('|').length).toBe(8);
      }),
    );
  });
});

describe('what a reader of a green report could miss', () => {
  test('steps that this run did not do have a part of their own, with the reason', () => {
    const steps = [sampleReportStep('a'), sampleReportStep('b', { state: 'skipped', reason: 'b-is-there says it is done already' }), sampleReportStep('c', { state: 'withheld' }), sampleReportStep('d', { state: 'undone', reason: 'undone by d-undo' }), sampleReportStep('e', { state: 'failed' })];
    expect(renderReportMarkdown(sampleReport(steps))).toContain('## Not done in this run\n\n| STEP | STATE | WHY |\n| --- | --- | --- |\n| `b` | skipped | b-is-there says it is done already |\n| `c` | withheld | it would have written, and was held back |\n| `d` | undone | undone by d-undo |\n\n');
    expect(renderReportMarkdown(sampleReport([sampleReportStep('a')]))).not.toContain('Not done');
  });

  test('who vouches for whom, what is only claimed, and what did not count; mail addresses are left to the JSON', () => {
    const by = { name: 'root', verified: 'os', user: { uid: 0, name: 'root', host: 'vm' }, claims: ['GITHUB_USER: alice', 'git config user.email: a@b.example'] } as const;
    const text = renderReportMarkdown(sampleReport([], { approvals: [
      { step: 'go', by, at: '', decision: 'approve', uncounted: 'the same person twice' },
      { step: 'go', by: { name: 'bob', verified: 'forge', forge: 'https://ghe.example/api/v3' }, at: '', decision: 'decline' },
    ] }));
    expect(text).toContain('| `go` | approved, not counted: the same person twice | `root` (verified: os, uid 0 on vm); claimed, not verified: GITHUB\\_USER: alice |');
    expect(text).toContain('| `go` | **declined** | `bob` (verified: forge at ghe.example/api/v3) |');
    expect(text).not.toContain('b.example');
  });

  test('tools, and since when where they changed', () => {
    const git = (since: string, version: string) => ({ since, versions: { git: version } });
    expect(renderReportMarkdown(sampleReport([], { tools: [git('', '2.39.5')] }))).toContain('| TOOL | VERSION |\n| --- | --- |\n| `git` | `2.39.5` |');
    expect(renderReportMarkdown(sampleReport([], { tools: [git('2026-11-22T10:00:00.000Z', '2.39.5'), git('2026-11-23T10:00:00.000Z', '2.45.0')] }))).toContain('| `git` | `2.45.0` | 2026-11-23 10:00:00Z |');
  });

  test('nobody is called and no thread is referred to; a rehearsal links to nothing', () => {
    const steps = [sampleReportStep('a', { state: 'declined', reason: 'ask @alice, see #12, GH-3 or https://x.example', link: 'https://github.com/o/r/pull/7' })];
    expect(renderReportMarkdown(sampleReport(steps))).toContain('[o/r\\#7](<https://github.com/o/r/pull/7>)');
    expect(renderReportMarkdown(sampleReport(steps))).toContain('ask @<!-- -->alice, see \\#<!-- -->12, GH-<!-- -->3 or https://x.example');
    const rehearsed = renderReportMarkdown(sampleReport(steps, { mode: 'rehearse' }));
    expect(rehearsed).toContain('| `https://github.com/o/r/pull/7` |');
    expect(rehearsed).toContain('or https:<!-- -->//x.example');
  });
});

describe('where room is scarce', () => {
  const steps = Array.from({ length: 300 }, (_, i) => sampleReportStep(`step-${i}`, { outputs: { a: 'é'.repeat(100) } }));
  const full = sampleReport(steps, { writes: [{ step: 'step-0', service: 's', target: 't'.repeat(9000), withheld: true }] });
  const whole = renderReportMarkdown(full);

  test('a report that fits is whole', () => {
    expect(fitReportMarkdown(full, { most: whole.length, unit: 'characters' })).toBe(whole);
    expect(fitReportMarkdown(full, { most: Buffer.byteLength(whole), unit: 'bytes' })).toBe(whole);
  });

  test.each(['bytes', 'characters'] as const)('parts go first, then rows; what is missing is named, and nothing is longer than the room in %s', (unit) => {
    const size = (text: string): number => (unit === 'bytes' ? Buffer.byteLength(text) : text.length);
    for (let most = size(whole) - 1; most > 400; most = Math.floor(most * 0.8)) {
      const text = fitReportMarkdown(full, { most, unit }) ?? '';
      expect(size(text)).toBeLessThanOrEqual(most);
      expect(text).toMatch(/^# Release\n\nThe run passed\.[^]*\*Left out for want of room: /);
      expect(text).toContain('The whole record: `runbook report run-1`*');
    }
    const calls = fitReportMarkdown({ ...full, state: 'failed', reason: '@a '.repeat(9000) }, { most: 30_000, unit }) ?? '';
    expect(calls.replaceAll('<!-- -->', '')).not.toContain('<!--');
    const some = fitReportMarkdown(full, { most: size(whole) - 1, unit }) ?? '';
    expect(some).toContain('*Left out for want of room: Writes withheld.');
    expect(some).toContain('## Outputs');
    expect(fitReportMarkdown(full, { most: 2000, unit })).toMatch(/everything but the first \d+ of 300 rows/);
    expect(fitReportMarkdown(full, { most: 50, unit })).toBeUndefined();
  });
});
