// What registries hold of an images.yaml: digests that staging has lost, or that were never its own, and new images for a single
// platform. The promotion job only logs a lost digest and is green; the pull request check refuses a single platform.
// Source: PT (`_LOST_`), K:registry.k8s.io/manifests/multiarch_test.go; domain facts §5.2, §5.5 and §7 (rows 5, 6 and 14).
import type { Problem } from '@runbook/problem';
import type { ImageDigest, ImagesFile } from './images-file.ts';
import { needsMultiArch } from './multi-arch.ts';
import type { ProblemCode } from './problem-code.ts';

/** What is known of one digest of an image. */
export type Holding =
  | { readonly kind: 'staging'; readonly isMultiArch: boolean }
  /** Staging holds it no longer, and production does: nothing is left to do. */
  | { readonly kind: 'promoted' }
  | { readonly kind: 'lost' }
  /** A registry did not say. */
  | { readonly kind: 'unknown'; readonly why: string };

/** What is asked of one images.yaml. */
export interface HoldingsCheck {
  readonly images: ImagesFile;
  /** `gcr.io/k8s-staging-x`. */
  readonly staging: string;
  /** `registry.k8s.io/x`. */
  readonly publicPrefix: string;
  /** Public names that may be for a single platform, see `parseSingleArchAllowed`. */
  readonly singleArchAllowed: readonly string[];
  /** Whether an entry is new; only those are refused for a single platform. */
  readonly isNew: (image: string, digest: string) => boolean;
  /** What is known; undefined for a digest that was not asked about. */
  readonly holding: (image: string, digest: string) => Holding | undefined;
}

/** Checks it. What a registry did not say is told as not known, and not as right. */
export function checkHoldings(check: HoldingsCheck): readonly Problem[] {
  const { images, staging, publicPrefix } = check;
  const found: Problem[] = [];
  const problem = (at: ImageDigest, code: ProblemCode, severity: Problem['severity'], message: string, hint: string): void => void found.push({ code, severity, message, hint, file: images.file, line: at.line, column: at.column });
  for (const { name, digests } of images.images) {
    for (const one of digests) {
      const holding = check.holding(name, one.digest);
      const reference = `${staging}/${name}@${one.digest.slice(0, 19)}…`;
      if (holding === undefined || holding.kind === 'promoted') continue;
      if (holding.kind === 'lost') problem(one, 'lost-digest', 'error', `staging does not hold ${reference}, and production neither: the promotion job logs it as lost, promotes nothing and is green`, `Copy the digest of this very image: runbook registry ls ${staging}/${name}. One that staging has deleted has to be built again.`);
      else if (holding.kind === 'unknown') problem(one, 'unknown-digest', 'warning', `whether staging holds ${reference} is not known: ${holding.why}`, 'Ask again when the registry answers.');
      else if (!holding.isMultiArch && check.isNew(name, one.digest) && needsMultiArch(name, one.tags, `${publicPrefix}/${name}`, check.singleArchAllowed)) problem(one, 'single-platform-image', 'error', `${reference} is for a single platform, and pull-k8sio-verify refuses a new image that is`, 'Give the digest of the index of all platforms, or have the image put on the list of registry.k8s.io/manifests/multiarch_test.go.');
    }
  }
  return found;
}
