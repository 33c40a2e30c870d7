// Small values for the tests of this package: a step, a plan and a report with nothing in them but what a test says.
import type { Plan, PlanStep, Report, ReportStep, Runbook } from '@runbook/model';

/** A shell step named `id`, with whatever differs. */
export function sampleStep(id: string, difference: Partial<PlanStep> = {}): PlanStep {
  return {
    id,
    named: true,
    kind: 'shell',
    language: 'bash',
    effect: 'read',
    effectDeclared: true,
    heading: ['Release', 'Tag the release'],
    line: 10,
    column: 1,
    codeLine: 11,
    source: `echo ${id}\n`,
    hash: 'c0de',
    attributes: { name: id },
    absent: [1],
    onFailure: false,
    retry: 0,
    needs: [],
    background: false,
    interactive: false,
    session: 'shared',
    tags: [],
    excludeFromRunAll: false,
    approvers: 1,
    publishes: [],
    uses: [],
    role: 'step',
    ...difference,
  };
}

/** A plan of these steps. */
export function samplePlan(steps: readonly PlanStep[], difference: Partial<Plan> = {}): Plan {
  return { format: 1, runbook: { file: 'release.md', title: 'Release', hash: '0123456789abcdef' }, inputs: {}, steps, ...difference };
}

/** A runbook of these steps. */
export function sampleRunbook(steps: readonly PlanStep[], difference: Partial<Runbook> = {}): Runbook {
  return { file: 'release.md', text: '', hash: '0123456789abcdef', title: 'Release', inputs: [], steps, data: [], ...difference };
}

/** A passed step of a report. */
export function sampleReportStep(id: string, difference: Partial<ReportStep> = {}): ReportStep {
  return { id, heading: 'Tag the release', line: 10, state: 'passed', effect: 'read', role: 'step', outputs: {}, attempts: 1, ...difference };
}

/** A live run of these steps that passed, counted. */
export function sampleReport(steps: readonly ReportStep[], difference: Partial<Report> = {}): Report {
  const counts: Partial<Record<ReportStep['state'], number>> = {};
  for (const step of steps) counts[step.state] = (counts[step.state] ?? 0) + 1;
  return {
    run: 'run-1',
    runbook: 'release.md',
    title: 'Release',
    hash: '0123456789abcdef',
    state: 'passed',
    mode: 'live',
    tool: 'runbook 0.1.0',
    inputs: {},
    started: '2026-11-22T10:00:00.000Z',
    finished: '2026-11-22T10:03:05.000Z',
    steps,
    writes: [],
    approvals: [],
    counts,
    ...difference,
  };
}
