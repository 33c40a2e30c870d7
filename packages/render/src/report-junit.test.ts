import { expect, test } from 'vitest';
import type { StepState } from '@runbook/model';
import { renderReportJunit } from './report-junit.ts';
import { sampleReport, sampleReportStep } from './sample.ts';

test('a run as one suite, its rows as cases, only what passed as passed', () => {
  const report = sampleReport([
    sampleReportStep('look', { durationMs: 1500 }),
    sampleReportStep('push', { state: 'failed', effect: 'write', reason: 'exit code 1', tail: ['fatal: <no> "such" & ref'] }),
    sampleReportStep('tell', { state: 'not-reached' }),
  ], { state: 'failed', commit: 'abc' });
  expect(renderReportJunit(report)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="Release" tests="3" failures="1" errors="0" skipped="1" time="185.000" timestamp="2026-11-22T10:00:00">
    <properties>
      <property name="run" value="run-1"/>
      <property name="runbook" value="release.md"/>
      <property name="sha256" value="0123456789abcdef"/>
      <property name="mode" value="live"/>
      <property name="state" value="failed"/>
      <property name="tool" value="runbook 0.1.0"/>
      <property name="commit" value="abc"/>
    </properties>
    <testcase name="look" classname="Tag the release" file="release.md" line="10" time="1.500"/>
    <testcase name="push" classname="Tag the release" file="release.md" line="10">
      <failure message="failed: exit code 1" type="failed">release.md:10</failure>
      <system-out>fatal: &lt;no&gt; &quot;such&quot; &amp; ref</system-out>
    </testcase>
    <testcase name="tell" classname="Tag the release" file="release.md" line="10">
      <skipped message="not reached"/>
    </testcase>
  </testsuite>
</testsuites>
`);
});

const elements: Readonly<Record<Exclude<StepState, 'passed'>, string>> = {
  failed: 'failure',
  interrupted: 'error',
  cancelled: 'error',
  declined: 'error',
  skipped: 'skipped',
  pending: 'skipped',
  running: 'skipped',
  'not-needed': 'skipped',
  'not-selected': 'skipped',
  withheld: 'skipped',
  unreachable: 'skipped',
  waiting: 'skipped',
  'not-reached': 'skipped',
  undone: 'skipped',
};

test.each(Object.entries(elements))('%s is told as %s', (state, element) => {
  const text = renderReportJunit(sampleReport([sampleReportStep('one', { state: state as StepState })]));
  expect(text).toMatch(new RegExp(`<testcase name="one"[^>]*>\\n +<${element} `));
});

test('what XML forbids becomes a replacement, what it would change is escaped', () => {
  const text = renderReportJunit(sampleReport([sampleReportStep('one', { state: 'failed', reason: 'a\u0000b\u001b[31m\ud800 "&#13;"\r\n\tend', tail: [']]>'] })]));
  expect(text).toContain('message="failed: a\ufffdb\ufffd[31m\ufffd &quot;&amp;#13;&quot;&#13;&#10;&#9;end"');
  expect(text).toContain('<system-out>]]&gt;</system-out>');
});

test('a step of an included document is placed in that one', () => {
  expect(renderReportJunit(sampleReport([sampleReportStep('part/look', { file: 'parts/tag.md' })]))).toContain('name="part/look" classname="Tag the release" file="parts/tag.md" line="10"');
});
