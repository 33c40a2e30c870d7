// `runbook promoter status|pr`: where a promoted image has arrived, and the pull request that promotes one.
import { safeText } from '@runbook/access';
import { oneLine } from '@runbook/render';
import { openPromotion, promotionStatus, type OpenedPromotion, type PromotionPlace, type PromotionStatus } from '@runbook/toolkit';
import { withClients } from '../clients.ts';
import { print, say, stdoutStyle } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';

/** `promoter status`: 0 when the front and every region serve one digest. */
export function promoterStatus(image: string, { json }: { readonly json?: boolean }): Promise<number> {
  return withClients({}, async ({ registry, now }) => {
    const status = await promotionStatus(registry, image);
    if ('problem' in status) throw new UsageError(`${status.problem}.`);
    if (json === true) print(JSON.stringify(status, null, 2));
    else print(renderStatus(status, now));
    return status.complete ? exitCodes.done : exitCodes.failed;
  });
}

function renderStatus({ image, tag, digest, registries, signature, attestation, uploadedAt, complete }: PromotionStatus, now: Date): string {
  const { palette } = stdoutStyle();
  const paints = { there: palette.green, absent: palette.red, different: palette.red, unknown: palette.magenta } as const;
  const line = ({ reference, state, digest: held, why }: PromotionPlace): string => `${paints[state](state.padEnd(9))} ${oneLine(reference)}${state === 'different' ? `  ${held ?? ''}` : ''}${why === undefined ? '' : `  ${oneLine(why)}`}`;
  const odd = registries.filter(({ state }) => state !== 'there');
  const there = registries.length - odd.length;
  const days = uploadedAt === undefined ? undefined : Math.floor((now.getTime() - Date.parse(uploadedAt)) / 86_400_000);
  return [
    `${palette.bold(`${oneLine(image)}:${oneLine(tag)}`)}  ${digest ?? 'nowhere'}${days === undefined ? '' : `  ${days} ${days === 1 ? 'day' : 'days'} old`}`,
    ...odd.map(line),
    `${paints[signature.state](signature.state.padEnd(9))} signature`,
    `${paints[attestation.state](attestation.state.padEnd(9))} attestation`,
    complete ? palette.green(`all ${registries.length} registries serve it`) : palette.red(`${there} of ${registries.length} registries serve it`),
  ].join('\n');
}

/** The flags of `promoter pr`. */
export interface PullFlags {
  readonly project: string;
  readonly image: readonly string[];
  readonly tag: string;
  readonly fork?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const words: Readonly<Record<OpenedPromotion['state'], string>> = {
  opened: 'opened',
  updated: 'was open, its branch is updated',
  there: 'is open already, with this very change',
  merged: 'is merged already',
  'nothing-to-do': 'images.yaml has these entries already; there is nothing to open',
};

/** `promoter pr`: branch, commit and pull request, each where it is not there yet. */
export function promoterPull(flags: PullFlags): Promise<number> {
  const images = new Map(flags.image.map((text): [string, string] => {
    const [, name, digest, tag] = /^([^=@]+)(?:@(sha256:[0-9a-f]{64})|=([\w][\w.-]{0,127}))$/.exec(text) ?? [];
    const held = digest ?? tag;
    if (name === undefined || held === undefined) throw new UsageError(`--image ${text}: expected NAME@sha256:…, or NAME=TAG with its tag in staging.`);
    return [name, held];
  }));
  return withClients({ effect: 'write', dryRun: flags.dryRun === true, json: flags.json === true, asksGithub: true }, async ({ github, registry, env }) => {
    const fork = flags.fork ?? env['GITHUB_USER'] ?? (await github.viewer()).login;
    const done = await openPromotion({ github, registry }, { project: flags.project, version: flags.tag, images, fork });
    if (flags.json === true) print(JSON.stringify(done, null, 2));
    else {
      for (const line of done.added) print(`+${safeText(line)}`);
      say(`${done.url === undefined ? '' : `${oneLine(done.url)} `}${words[done.state]}.`);
    }
    return exitCodes.done;
  });
}
