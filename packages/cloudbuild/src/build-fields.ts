// Checks a document against the field tables: unknown fields, both spellings at once, wrong types. Gives back the same
// data in canonical spelling. It knows nothing of what the fields mean.
import { nearest, type Problem } from '@runbook/problem';
import { toCamel, type FieldShape, type FieldTable } from './build-schema.ts';
import type { ProblemCode } from './problem-code.ts';
import { isRecord, nounOf } from './yaml-document.ts';

/** Reports a problem at a path. */
export type ReportAt = (path: string, code: ProblemCode, message: string, hint: string, severity?: Problem['severity']) => void;

/** The mapping in canonical spelling; values of a wrong type are left out, with a problem. */
export function readFields(value: unknown, table: FieldTable, path: string, report: ReportAt): Readonly<Record<string, unknown>> {
  if (value === null || value === undefined) return {};
  if (!isRecord(value)) {
    report(path, 'wrong-type', `${path === '' ? 'the file' : path} is ${nounOf(value)}, expected a mapping`, 'Write "field: value" lines.');
    return {};
  }
  const found: Record<string, unknown> = {};
  for (const [written, item] of Object.entries(value)) {
    const name = toCamel(written);
    const at = path === '' ? name : `${path}.${name}`;
    const shape = Object.hasOwn(table, name) ? table[name] : undefined;
    if (shape === undefined) {
      const meant = nearest(name, Object.keys(table));
      report(at, 'unknown-field', `"${written}" is not a field here; gcloud prints "unused:  .${at.replace(/\[\d+\]/g, '')}"`, meant === undefined ? 'Remove it.' : `Did you mean "${meant}"?`);
    } else if (Object.hasOwn(found, name)) {
      report(at, 'duplicate-field', `"${name}" is given in both spellings`, 'Keep one of them.');
    } else {
      const read = readShape(item, shape, at, report);
      if (read !== undefined) found[name] = read;
    }
  }
  return found;
}

function readShape(value: unknown, shape: FieldShape, path: string, report: ReportAt): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof shape === 'object') {
    if ('fields' in shape) return readFields(value, shape.fields, path, report);
    if (Array.isArray(value)) return value.map((item: unknown, index) => readFields(item, shape.listOf, `${path}[${index}]`, report));
    return mistyped(value, path, 'a list', report);
  }
  switch (shape) {
    case 'any':
      return value;
    case 'flag':
      return typeof value === 'boolean' ? value : mistyped(value, path, 'true or false', report);
    case 'number':
      return typeof value === 'number' ? value : mistyped(value, path, 'a number', report);
    case 'text':
      return readText(value, path, report);
    case 'texts':
      return readTexts(value, path, report);
    case 'text-map':
      return readTextMap(value, path, report);
    case 'duration':
      return readDuration(value, path, report);
  }
}

function readText(value: unknown, path: string, report: ReportAt): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number' && typeof value !== 'boolean') {
    mistyped(value, path, 'a text', report);
    return undefined;
  }
  report(path, 'wrong-type', `${path} is the ${typeof value} ${String(value)}, expected a text`, 'Put it in quotes.');
  return String(value);
}

function readTexts(value: unknown, path: string, report: ReportAt): readonly string[] | undefined {
  if (Array.isArray(value)) return value.map((item: unknown, index) => readText(item, `${path}[${index}]`, report) ?? '');
  if (isRecord(value)) return mistyped(value, path, 'a list of texts', report);
  report(path, 'not-a-list', `${path}: repeated string fields containing one element must be specified like ['foo'], not 'foo'`, 'Put it in brackets.');
  return [String(value)];
}

function readTextMap(value: unknown, path: string, report: ReportAt): Readonly<Record<string, string>> | undefined {
  if (!isRecord(value)) return mistyped(value, path, 'a mapping of texts', report);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readText(item ?? '', `${path}.${key}`, report) ?? '']));
}

/** Seconds of a protobuf duration such as `1200s`. */
function readDuration(value: unknown, path: string, report: ReportAt): number | undefined {
  const match = /^(-?\d+(?:\.\d{1,9})?)s$/.exec(String(value));
  if (match !== null && typeof value === 'string') return Number(match[1]);
  report(path, 'bad-duration', `${path} is ${JSON.stringify(value)}, expected seconds such as '600s'`, 'Write the number of seconds with an "s" behind.');
  return undefined;
}

function mistyped(value: unknown, path: string, expected: string, report: ReportAt): undefined {
  report(path, 'wrong-type', `${path} is ${nounOf(value)}, expected ${expected}`, 'Cloud Build refuses the file.');
  return undefined;
}
