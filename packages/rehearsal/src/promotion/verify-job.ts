// `hack/verify.sh` of kubernetes/k8s.io, as far as it looks at promotion: each manifest has one source and all production
// registries, and each newly added digest is in staging and built for more than one platform (domain facts §5.5).
import { destinations, needsMultiArch, parseSingleArchAllowed, sourceRegistry } from '@runbook/promoter';
import type { ManifestPair } from '@runbook/promoter';
import type { Services, StoredManifest } from '../services.ts';
import type { ProwRun } from '../prow/run.ts';
import type { WorkResult } from '../prow/work.ts';
import { multiArchTestFile } from '../seed/planting.ts';
import { publicName } from './signature.ts';
import { readManifestTree } from './manifest-tree.ts';

const root = 'registry.k8s.io';

/** A Go test of the repository: its name and what it has to say against the change. */
interface Check {
  readonly name: string;
  readonly file: string;
  readonly failures: readonly string[];
}

/** Runs the checks on the merge of a pull request and its base. */
export async function runVerify(services: Services, run: ProwRun): Promise<WorkResult> {
  const { git, core } = services;
  const { checkout } = run;
  if (checkout === undefined) return { passed: false, log: 'the pull request does not merge into its base\n', artifacts: {} };
  const head = await readManifestTree(git, run.repo, checkout.head, root);
  const base = await readManifestTree(git, run.repo, checkout.base, root);
  const allowed = parseSingleArchAllowed((await git.readFile(run.repo, checkout.head, multiArchTestFile)) ?? '');
  const checks: readonly Check[] = [
    { name: 'TestManifestsAreValid', file: 'manifest_test.go', failures: [...head.errors, ...head.pairs.flatMap((pair) => registryFailures(pair, core.config.prodRegistries))] },
    { name: 'TestNewImagesAreMultiArch', file: 'multiarch_test.go', failures: await multiArchFailures(services, head.pairs, base.pairs, allowed) },
  ];
  const passed = checks.every((check) => check.failures.length === 0);
  return { passed, log: goTestLog(checks, passed), artifacts: {} };
}

function registryFailures(pair: ManifestPair, prod: readonly string[] | undefined): readonly string[] {
  const sources = pair.manifest.registries.filter((registry) => registry.src).length;
  const found = sources === 1 ? [] : [`${pair.manifest.file}: expected exactly one source registry, found ${sources}`];
  if (prod === undefined) return found;
  const named = destinations(pair.manifest);
  const known = (name: string): boolean => prod.some((prefix) => name === prefix || name.startsWith(`${prefix}/`));
  return [
    ...found,
    ...named.filter((name) => !known(name)).map((name) => `${pair.manifest.file}: ${name} is not a production registry`),
    ...prod.filter((prefix) => !named.some((name) => name === prefix || name.startsWith(`${prefix}/`))).map((prefix) => `${pair.manifest.file}: ${prefix} is missing`),
  ];
}

/** What the check has against each digest that the base does not promote under that image name. */
async function multiArchFailures(services: Services, head: readonly ManifestPair[], base: readonly ManifestPair[], allowed: readonly string[]): Promise<readonly string[]> {
  const before = new Set(base.flatMap((pair) => entriesOf(pair).map((entry) => entry.key)));
  const failures: string[] = [];
  for (const pair of head) {
    const source = sourceRegistry(pair.manifest);
    for (const { key, image, digest, tags } of entriesOf(pair)) {
      if (before.has(key) || source === undefined) continue;
      const reference = `${source}/${image}@${digest}`;
      const stored = await services.registry.manifest(`${source}/${image}`, digest);
      const named = publicName(`${destinations(pair.manifest)[0] ?? source}/${image}`);
      if (stored === undefined) failures.push(`${reference}: registry returned status 404`);
      else if (needsMultiArch(image, tags, named, allowed) && !isIndex(stored)) failures.push(`${reference} (${named}) is a single-platform image of type ${stored.mediaType}; build it for several platforms, or add ${JSON.stringify(named)} to allowedImages`);
    }
  }
  return failures;
}

function entriesOf(pair: ManifestPair): readonly { readonly key: string; readonly image: string; readonly digest: string; readonly tags: readonly string[] }[] {
  return pair.images.images.flatMap((image) => image.digests.map(({ digest, tags }) => ({ key: `${pair.dir} ${image.name} ${digest}`, image: image.name, digest, tags })));
}

function isIndex(manifest: StoredManifest): boolean {
  return manifest.mediaType === 'application/vnd.oci.image.index.v1+json' || manifest.mediaType === 'application/vnd.docker.distribution.manifest.list.v2+json';
}

function goTestLog(checks: readonly Check[], passed: boolean): string {
  const lines = ['Running hack/verify-manifests.sh'];
  for (const { name, file, failures } of checks) {
    lines.push(`=== RUN   ${name}`, ...failures.map((failure) => `    ${file}: ${failure}`), `--- ${failures.length === 0 ? 'PASS' : 'FAIL'}: ${name} (0.40s)`);
  }
  lines.push(passed ? 'PASS' : 'FAIL', `${passed ? 'ok  ' : 'FAIL'}\tk8s.io/k8s.io/registry.k8s.io/manifests\t0.82s`);
  return `${lines.join('\n')}\n`;
}
