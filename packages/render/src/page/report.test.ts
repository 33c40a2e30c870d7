import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderReportPage } from '../report-page.ts';
import type { LogExcerpt } from '../report-page.ts';
import { samplePlan, sampleReport, sampleReportStep, sampleStep } from '../sample.ts';
import { textOf } from './element.ts';
import { policyOf } from './frame.ts';
import { flawsOf, pageOf, readPage, type ReadPage } from './page-reader.ts';
import { reportStyle } from './report-style.ts';
import type { Report, ReportStep } from '@runbook/model';

async function page(report: Report, logs: Readonly<Record<string, LogExcerpt>> = {}): Promise<ReadPage> {
  const steps = report.steps.map(({ id }) => sampleStep(id, { source: `echo "</code><script>${id}"\n` }));
  const pieces = await renderReportPage({ report, plan: samplePlan(steps), logOf: ({ id }) => logs[id], tool: 'runbook 1.2.3' });
  return readPage([...pieces].join(''), { steps });
}

const folds = ({ find }: ReadPage): string[] => find('details').map((one) => `${one.properties.open === true ? 'open' : 'shut'} ${textOf(one.children[0] ?? { type: 'text', value: '' })}`);
const nasty = '</pre><script>alert(1)</script><img src=x onerror=alert(1)> "&lt; \u001b[31mred\u001b[0m \u202egnp.exe ]]>';
const all = (text: string): ReportStep => sampleReportStep('nasty', { state: 'failed', heading: text, reason: text, evidence: text, by: text, link: text, links: [text, 'javascript:alert(1)'], outputs: { a: text, b: [text] }, tail: [text], log: text, file: text });

test('a run of strangers is shown and not obeyed', async () => {
  const report = sampleReport([all(nasty)], { title: nasty, reason: nasty, mode: 'rehearse', world: nasty, runbook: nasty, tool: nasty, commit: nasty, inputs: { a: { kind: 'value', value: nasty, from: 'given' } }, tools: [{ since: '', versions: { git: nasty } }], writes: [{ step: 'nasty', service: nasty, target: nasty, body: nasty, withheld: true }], approvals: [{ step: 'nasty', by: { name: nasty, verified: 'none', claims: [nasty] }, at: '', decision: 'approve', evidence: nasty, uncounted: nasty }] });
  const read = await page(report, { nasty: { head: nasty, tail: nasty, omitted: 5, size: 500 } });
  expect(flawsOf(read)).toEqual([]);
  expect(read.html).not.toMatch(/\u001b|\u202e/);
  expect(read.find('script')).toHaveLength(1);
});

test('any text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '`', '/', '#', 'a', ' ', '\n', '\ud800', '\u2028', '\u0000', 'https://', '@', '|') }), async (text) => {
      expect(flawsOf(await page(sampleReport([all(text)], { title: text, reason: text }), { nasty: { head: text, tail: text, omitted: 1, size: 9 } }))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('only our style and script may act', async () => {
  const read = await page(sampleReport([sampleReportStep('a')]));
  expect(read.find('meta')[1]?.properties.content).toBe(policyOf(reportStyle));
  expect(read.html.startsWith('<!doctype html><html lang="en"><head>')).toBe(true);
  expect(reportStyle).not.toMatch(/url\(|@import|@font-face|image-set/);
});

test('code and logs are folded, those that want to be looked at are open; what is cut out of a log is said with its size and where it is whole', async () => {
  const log = { head: 'first\n', tail: '', omitted: 0, size: 6 };
  const report = sampleReport([sampleReportStep('good'), sampleReportStep('bad', { state: 'failed', tail: ['in the log too'] }), sampleReportStep('quiet', { state: 'failed', tail: ['last words'] }), sampleReportStep('empty')], { state: 'failed' });
  const read = await page(report, { good: log, bad: { head: 'first\n', tail: 'last\n', omitted: 1_234_567, size: 1_234_578 }, empty: { ...log, head: '', size: 0 } });
  expect(flawsOf(read)).toEqual([]);
  expect(folds(read)).toEqual(['open Contents', 'shut Code', 'shut Log, 6 bytes', 'shut Code', 'open Log, 1 234 578 bytes', 'shut Code', 'open Last lines of its output', 'shut Code']);
  expect(read.find('p').map(textOf)).toContain('1 234 567 bytes in between are left out here. The whole log: runbook logs run-1 bad');
});

test('addresses are links in a live run; in a rehearsal they lead nowhere, for the real pages have nothing to do with it', async () => {
  const step = sampleReportStep('a', { link: 'https://github.com/o/r/pull/7' });
  const links = async (mode: Report['mode']): Promise<string[]> => (await page(sampleReport([step], { mode }))).find('a').flatMap(({ properties }) => (String(properties.href).startsWith('https') ? [String(properties.href)] : []));
  expect(new Set(await links('live'))).toEqual(new Set(['https://github.com/o/r/pull/7']));
  expect(await links('rehearse')).toEqual([]);
});

test('of very many steps the contents name those that want to be looked at, the table has all', async () => {
  const steps = Array.from({ length: 400 }, (_, i) => sampleReportStep(`s${i}`, { state: i === 300 ? 'failed' : 'passed' }));
  const read = await page(sampleReport(steps));
  expect(flawsOf(read)).toEqual([]);
  expect(read.find('li').flatMap(({ properties, children }) => (String(properties.className) === 'to-step' ? children.map(textOf) : []))).toEqual(['s300✗ failed']);
  expect(read.find('th').filter(({ properties }) => properties.scope === 'row').length).toBeGreaterThanOrEqual(400);
});

test('a step that is named like a part of another keeps the ids of a page apart', async () => {
  const names = ['a', 'a-name', 'a-text'];
  expect(flawsOf(await page(sampleReport(names.map((name) => sampleReportStep(name)))))).toEqual([]);
  const document = names.map((name) => `- [ ] do ${name} <!-- {name=${name}} -->\n`).join('');
  expect(flawsOf(await pageOf(`# A\n\n${document}`))).toEqual([]);
});
