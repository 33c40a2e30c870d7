// Which images a build will push, as far as its file says so. What cannot be known is listed as opaque, never guessed.
// Source: domain facts §2 and §3; docker's and gcloud's command line.
import { isImageName } from './expanded-check.ts';
import type { Problem } from '@runbook/problem';
import { placeIn, type Cloudbuild } from './build.ts';
import type { ProblemCode } from './problem-code.ts';
import { readStep } from './step-command.ts';

/** An image that a build will push. */
export interface PushedImage {
  /** Reference as written after substitution, with its tag. */
  readonly reference: string;
  /** `linux/amd64`, …, only when the build says it; a plain docker build is `linux/amd64`. */
  readonly platforms?: readonly string[];
  /** 0-based step that pushes; absent when Cloud Build pushes it from `images:`. */
  readonly step?: number;
}

/** A step that may push images which cannot be known from the file. */
export interface OpaqueStep {
  /** 0-based. */
  readonly step: number;
  /** The step's builder image. */
  readonly name: string;
  /** A sentence for people. */
  readonly why: string;
}

/** What a build pushes. */
export interface ImagesPushed {
  /** In the order of pushing; each reference once. */
  readonly images: readonly PushedImage[];
  /** Each step once. */
  readonly opaque: readonly OpaqueStep[];
}

/** The images an expanded build pushes. Give it the build that `substitute` returned. */
export function imagesPushed(build: Cloudbuild): ImagesPushed {
  const local = new Map<string, readonly string[] | undefined>();
  const pushed = new Map<string, PushedImage>();
  const opaque: OpaqueStep[] = [];
  const hide = (step: number, why: string): void => {
    if (opaque.at(-1)?.step !== step) opaque.push({ step, name: build.steps[step]?.name ?? '', why: sentence(why) });
  };
  const push = (reference: string, platforms: readonly string[] | undefined, step?: number): void => {
    if (pushed.has(reference)) return;
    pushed.set(reference, { reference, ...(platforms === undefined ? {} : { platforms }), ...(step === undefined ? {} : { step }) });
  };
  build.steps.forEach((step, index) => {
    for (const action of readStep(step, build.options.env)) {
      const names = action.kind === 'named' ? [action.to] : action.kind === 'built' || action.kind === 'pushed' ? action.references : [];
      const bad = names.find((name) => !isImageName(name));
      // A name given in the local docker alone pushes nothing, whatever it is.
      const isLocal = action.kind === 'built' || (action.kind === 'named' && !action.pushed);
      if (bad !== undefined && !isLocal) hide(index, `"${bad}" is not a complete image name`);
      else if (action.kind === 'opaque') hide(index, action.why);
      else if (action.kind === 'built') names.forEach((name) => local.set(name, action.platforms));
      else if (action.kind === 'pushed') names.forEach((name) => push(name, action.platforms ?? local.get(name), index));
      else if (action.kind === 'named') {
        const platforms = local.get(action.from) ?? pushed.get(action.from)?.platforms;
        if (action.pushed) push(action.to, platforms, index);
        else local.set(action.to, platforms);
      }
    }
  });
  for (const image of build.images) push(image, local.get(image));
  return { images: [...pushed.values()], opaque };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

/** A warning for each opaque step, at its place: the list of images may lack what it pushes. */
export function opaqueProblems(build: Cloudbuild, opaque: readonly OpaqueStep[]): readonly Problem[] {
  const code: ProblemCode = 'opaque-step';
  return opaque.map(({ step, name, why }) => ({
    code,
    severity: 'warning',
    message: `what step ${step} (${name}) pushes cannot be known: ${why.replace(/\.$/, '')}`,
    hint: 'The log of the build and the registry tell afterwards.',
    ...placeIn(build, `steps[${step}]`),
  }));
}
