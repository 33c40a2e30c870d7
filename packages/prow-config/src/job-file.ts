// Reads one file of a Prow job config into jobs. Keeps every field, reports what Prow would refuse with its place,
// and warns about fields nobody knows. It does not decide when a job runs; `trigger.ts` does.
import { isNode, LineCounter, parseDocument, type Document, type ScalarTag } from 'yaml';
import { nearest, yamlFaults, type Place, type Problem } from '@runbook/problem';
import { decodeJob, type RawJob } from './job-decoder.ts';
import { isRecord, nounOf, type Report } from './yaml-value.ts';
import { checkJobs } from './job-check.ts';
import type { Job, JobKind } from './job.ts';

const topLevel: readonly string[] = ['presubmits', 'postsubmits', 'periodics', 'presets'];

/** Prow reads YAML 1.1, where `yes` and `off` are booleans too (sigs.k8s.io/yaml); the other readings of that version are not Go's. */
const booleans: ScalarTag[] = [true, false].map((value) => ({
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: value ? /^(?:y|Y|yes|Yes|YES|on|On|ON)$/ : /^(?:n|N|no|No|NO|off|Off|OFF)$/,
  resolve: () => value,
}));

/**
 * Parses a job config file. Never throws. Jobs without a usable name are left out, with a problem.
 *
 * Source: PROW:pkg/config/jobs.go, config.go (domain facts §4.1).
 */
export function parseJobs(text: string, file: string): { readonly jobs: readonly Job[]; readonly problems: readonly Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false, customTags: (tags) => [...booleans, ...tags] });
  const problems: Problem[] = yamlFaults(text, document.errors).map(({ isDuplicate, message, hint, offset }) => ({ code: isDuplicate ? 'duplicate-key' : 'yaml-syntax', severity: 'error' as const, message, hint: `${hint} Prow refuses the whole file`, file, ...position(lines, offset) }));
  if (problems.length > 0) return { jobs: [], problems };
  const place = (path: readonly (string | number)[]): Place => ({ file, ...position(lines, offsetOf(document, path)) });
  const report: Report = (path, problem) => {
    problems.push({ severity: 'error', ...problem, ...place(path) });
  };
  const root = readRoot(document, report);
  const jobs = root === undefined ? [] : listRawJobs(root, report).map((raw) => decodeJob(raw, place(raw.path), report)).filter((job) => job !== undefined);
  problems.push(...checkJobs(jobs));
  return { jobs, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function readRoot(document: Document, report: Report): Readonly<Record<string, unknown>> | undefined {
  let root: unknown;
  try {
    root = document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    // Too many or circular aliases are the errors expected here.
    report([], { code: 'yaml-syntax', message: `the file cannot be read: ${error instanceof Error ? error.message : 'bad aliases'}`, hint: 'Write the values out.' });
    return undefined;
  }
  if (root === null || root === undefined) return undefined;
  if (isRecord(root)) return root;
  report([], { code: 'wrong-type', message: `the file holds ${nounOf(root)}, expected a mapping with ${topLevel.join(', ')}`, hint: 'A job config file is a YAML mapping.' });
  return undefined;
}

function listRawJobs(root: Readonly<Record<string, unknown>>, report: Report): readonly RawJob[] {
  const found: RawJob[] = [];
  for (const [key, value] of Object.entries(root)) {
    if (key === 'presubmits') found.push(...listByRepo('presubmit', value, report));
    else if (key === 'postsubmits') found.push(...listByRepo('postsubmit', value, report));
    else if (key === 'periodics') found.push(...listOf('periodic', value, [key], undefined, report));
    else if (key !== 'presets') {
      const meant = nearest(key, topLevel);
      report([key], { code: 'unknown-field', severity: 'warning', message: `"${key}" is not a field of a job config file`, hint: meant === undefined ? `Known fields: ${topLevel.join(', ')}.` : `Did you mean "${meant}"?` });
    }
  }
  return found;
}

function listByRepo(kind: JobKind, value: unknown, report: Report): readonly RawJob[] {
  const field = `${kind}s`;
  if (value === null || value === undefined) return [];
  if (!isRecord(value)) {
    report([field], { code: 'wrong-type', message: `${field} is ${nounOf(value)}, expected a mapping of org/repo to jobs`, hint: 'Put the repository above its list of jobs.' });
    return [];
  }
  return Object.entries(value).flatMap(([repo, list]) => listOf(kind, list, [field, repo], repo, report));
}

function listOf(kind: JobKind, value: unknown, path: readonly (string | number)[], repo: string | undefined, report: Report): readonly RawJob[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) {
    report(path, { code: 'wrong-type', message: `${path.join('.')} is ${nounOf(value)}, expected a list of jobs`, hint: 'Start each job with "- name:".' });
    return [];
  }
  const found: RawJob[] = [];
  value.forEach((raw: unknown, index) => {
    if (isRecord(raw)) found.push({ kind, raw, path: [...path, index], ...(repo === undefined ? {} : { repo }) });
    else report([...path, index], { code: 'wrong-type', message: `a job is ${nounOf(raw)}, expected a mapping`, hint: 'Start each job with "- name:".' });
  });
  return found;
}

function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function position(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
