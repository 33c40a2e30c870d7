// What a step leaves that others can look at: pages and images. In a rehearsal the addresses are those of the real places, where
// nothing of it is; so they are shown there, and lead nowhere.
import type { Mode } from '@runbook/access';
import type { Json, ReportStep } from '@runbook/model';
import type { Piece } from './report-story.ts';

/** So many are shown in a table; all of them are among the outputs. */
const most = 3;

/** The pages and images of a step as pieces of a line. */
export function evidencePieces(step: ReportStep, mode: Mode): readonly Piece[] {
  const links = step.links ?? (step.link === undefined ? [] : [step.link]);
  const found: Piece[] = [...links.map((text) => ({ kind: mode === 'rehearse' ? ('code' as const) : ('link' as const), text })), ...imagesOf(step).map((text) => ({ kind: 'code' as const, text }))];
  const shown = found.slice(0, most).flatMap((piece, index): Piece[] => (index === 0 ? [piece] : [{ kind: 'ours', text: ' ' }, piece]));
  return found.length > most ? [...shown, { kind: 'ours', text: ` and ${found.length - most} more` }] : shown;
}

/** Names of images among the outputs, with their digests shortened: the whole ones stand with the outputs. */
function imagesOf({ outputs }: ReportStep): readonly string[] {
  const texts = Object.values(outputs).flatMap((value) => (isList(value) ? value : [value])).map(referenceOf);
  const images = texts.filter((value): value is string => typeof value === 'string' && /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?(?:\/[a-z0-9._-]+)+(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/.test(value) && /[:@]/.test(value.slice(value.lastIndexOf('/'))));
  return [...new Set(images)].map((image) => image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1…'));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** What the clients call an image's full name. */
function referenceOf(value: Json): Json {
  return typeof value === 'object' && value !== null && 'reference' in value ? value.reference : value;
}

/** A short name of a page: the pull request, release, commit or job where the address says so, else the host; undefined for what is no plain https address. */
export function linkLabel(url: string): string | undefined {
  const [, host, path = ''] = /^https:\/\/([a-z0-9.-]+)(?::\d+)?((?:[/?#][^\s<>\\]*)?)$/i.exec(url) ?? [];
  if (host === undefined) return undefined;
  const thread = /^\/([\w.-]+\/[\w.-]+)\/(?:pull|issues)\/(\d+)(?:[/?#]|$)/.exec(path);
  if (thread !== null) return `${thread[1]}#${thread[2]}`;
  const commit = /^\/([\w.-]+\/[\w.-]+)\/commit\/([0-9a-f]{7})[0-9a-f]{0,57}$/.exec(path);
  if (commit !== null) return `${commit[1]}@${commit[2]}`;
  const release = /^\/([\w.-]+\/[\w.-]+)\/releases\/tag\/([\w.+-]+)$/.exec(path);
  if (release !== null) return `${release[1]}@${release[2]}`;
  const job = /^\/view\/gs\/(?:[\w.-]+\/)*([\w.-]+)\/\d+\/?$/.exec(path);
  return job?.[1] ?? host;
}
