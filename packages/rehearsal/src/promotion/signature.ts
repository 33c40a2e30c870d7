// The signature that promotion leaves beside an image, in the shape of cosign's: an artifact under the tag `sha256-<hex>.sig`.
// Its signature says `rehearsal`, so that nobody takes it for a real one.
import type { Registry } from '../services.ts';
import { digestOf } from '../build/image.ts';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** The public name of an image in a production repository: `registry.k8s.io/<project>/<image>`. */
export function publicName(repository: string): string {
  return repository.replace(/^[^/]+\/k8s-artifacts-prod\/(images\/)?/, 'registry.k8s.io/');
}

/** Whether the promoter signs in a registry: only in the canonical region; readers of registry.k8s.io are sent there for signatures. */
export function isSigningRegion(registry: string): boolean {
  return registry.startsWith('us-central1-docker.pkg.dev/');
}

/** Writes the signature of a digest into its repository. Writing it again changes nothing. */
export async function signImage(registry: Registry, repository: string, digest: string): Promise<void> {
  const payload = json({
    critical: { identity: { 'docker-reference': publicName(repository) }, image: { 'docker-manifest-digest': digest }, type: 'cosign container image signature' },
    optional: { rehearsal: 'this signature was made by a rehearsal' },
  });
  const config = json({ architecture: '', os: '', config: {}, rootfs: { type: 'layers', diff_ids: [digestOf(payload)] } });
  const manifest = json({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: await registry.putBlob(repository, config), size: config.length },
    layers: [{
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
      digest: await registry.putBlob(repository, payload),
      size: payload.length,
      annotations: { 'dev.cosignproject.cosign/signature': Buffer.from('rehearsal').toString('base64') },
    }],
  });
  await registry.putManifest(repository, manifest, manifestType, [`${digest.replace(':', '-')}.sig`]);
}

function json(value: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(JSON.stringify(value)));
}
