// A report as JUnit XML, for CI pages that draw such files. Each row of the report is a test case. Only what passed counts as
// passed: a step that was done already, withheld, unreachable or never begun is skipped, with its state and reason.
// (Format: the schema that Jenkins and GitLab read, https://github.com/testmoapp/junitxml.)
import type { Plan, Report, ReportStep, StepState } from '@runbook/model';
import { placeOf, reportRows } from './report-row.ts';
import { stateWord } from './state.ts';

type Verdict = 'passed' | 'failure' | 'error' | 'skipped';

const verdicts: Readonly<Record<StepState, Verdict>> = {
  passed: 'passed',
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

/** The report as JUnit XML, with a line feed at its end. Pure. Times are seconds of the run's clock. */
export function renderReportJunit(report: Report, { plan }: { readonly plan?: Plan } = {}): string {
  const steps = reportRows(report, plan).map((row) => row.step);
  const count = (verdict: Verdict): number => steps.filter((step) => verdicts[step.state] === verdict).length;
  const suite = attributes({
    name: report.title === '' ? report.runbook : report.title,
    tests: steps.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: report.finished === undefined ? undefined : seconds(Date.parse(report.finished) - Date.parse(report.started)),
    timestamp: report.started.replace(/\.\d+Z$/, ''),
  });
  const properties: Readonly<Record<string, string | undefined>> = { run: report.run, runbook: report.runbook, sha256: report.hash, mode: report.mode, state: report.state, tool: report.tool, commit: report.commit, world: report.world, ...Object.fromEntries(Object.entries(report.tools?.at(-1)?.versions ?? {}).map(([name, version]) => [`version of ${name}`, version])) };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite${suite}>`,
    '    <properties>',
    ...Object.entries(properties).flatMap(([name, value]) => (value === undefined ? [] : [`      <property${attributes({ name, value })}/>`])),
    '    </properties>',
    ...steps.flatMap((step) => caseLines(report, step)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseLines(report: Report, step: ReportStep): string[] {
  const head = attributes({ name: step.id, classname: step.heading, file: step.file ?? report.runbook, line: step.line, time: step.durationMs === undefined ? undefined : seconds(step.durationMs) });
  const verdict = verdicts[step.state];
  const tail = step.tail === undefined || step.tail.length === 0 ? [] : [`      <system-out>${escape(step.tail.join('\n'))}</system-out>`];
  if (verdict === 'passed') return tail.length === 0 ? [`    <testcase${head}/>`] : [`    <testcase${head}>`, ...tail, '    </testcase>'];
  const message = `${stateWord(step.state)}${step.reason === undefined ? '' : `: ${step.reason}`}`;
  const said = verdict === 'skipped' ? `<skipped${attributes({ message })}/>` : `<${verdict}${attributes({ message, type: step.state })}>${escape(placeOf(report, step))}</${verdict}>`;
  return [`    <testcase${head}>`, `      ${said}`, ...tail, '    </testcase>'];
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escape(String(value)).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`])).join('');
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3);
}

/** Text as XML 1.0 may hold it: characters that it forbids even when escaped become U+FFFD. (https://www.w3.org/TR/xml/#charsets) */
function escape(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll('\r', '&#13;');
}
