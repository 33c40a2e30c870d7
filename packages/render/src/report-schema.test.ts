// The schema and the reports must say the same: every field that the fold can give is in it, and no other is let through.
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import type { Report } from '@runbook/model';
import { renderReportJson } from './report.ts';
import { reportSchema } from './report-schema.ts';
import { sampleReport, sampleReportStep } from './sample.ts';
import { stateMeanings } from './state.ts';

const validate = new Ajv({ strict: true }).compile(reportSchema);

function faults(report: object): string[] {
  validate(JSON.parse(renderReportJson(report as Report)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

const at = '2026-11-22T10:00:00.000Z';
const whole: Required<Report> = {
  ...sampleReport([]),
  tools: [{ since: at, versions: { git: '2.39.5' } }],
  world: 'w',
  commit: 'c',
  dirty: false,
  reason: 'r',
  finished: at,
  inputs: { v: { kind: 'value', value: ['a'], from: 'given' }, t: { kind: 'secret' } },
  steps: [
    { ...sampleReportStep('a'), file: 'f', verifies: 'b', started: at, finished: at, durationMs: 1, exitCode: 0, outputs: { a: null, b: { c: [1] } }, evidence: 'e', by: 'x', reason: 'r', link: 'l', links: ['l', 'm'], log: 'logs/a.log', tail: [''] } satisfies Required<Report['steps'][number]>,
  ],
  writes: [{ step: 'a', service: 's', method: 'm', target: 't', body: 'b', withheld: true, notFound: true }],
  approvals: [{ step: 'a', by: { name: 'n', verified: 'forge', forge: 'f', user: { uid: 0, name: 'n', host: 'h' }, claims: ['c'] }, evidence: 'e', at, decision: 'approve', uncounted: 'u' }],
  counts: { passed: 1 },
};

test('a report with every field there is, and one with none that may be absent', () => {
  expect(faults(whole)).toEqual([]);
  expect(faults(sampleReport([sampleReportStep('a')]))).toEqual([]);
  for (const state of Object.keys(stateMeanings) as (keyof typeof stateMeanings)[]) expect(faults(sampleReport([sampleReportStep('a', { state })])), state).toEqual([]);
});

test.each<[string, object]>([
  ['/state must be equal to one of the allowed values', { state: 'fine' }],
  [' must NOT have additional properties', { more: 1 }],
  ['/steps/0 must have required property \'outputs\'', { steps: [{ ...sampleReportStep('a'), outputs: undefined }] }],
  ['/started must match pattern', { started: 'yesterday' }],
  ['/inputs/t must match exactly one schema in oneOf', { inputs: { t: { kind: 'secret', value: 'x' } } }],
])('%s', (fault, difference) => {
  expect(faults({ ...whole, ...difference }).some((one) => one.startsWith(fault))).toBe(true);
});
