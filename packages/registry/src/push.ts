// What a registry is asked to hold besides uploads: blobs that it has already, manifests, deletion. (domain §6.5)
// Nothing is believed to be there before the registry said so.
import type { Descriptor } from './manifest.ts';
import type { Reference } from './reference.ts';
import { registryUrl, type Transport } from './transport.ts';
import { locationOf } from './upload-place.ts';

/** Whether a repository holds a blob. */
export async function hasBlob(transport: Transport, { host, name }: Reference, digest: string): Promise<boolean> {
  const answer = await transport({ method: 'HEAD', url: registryUrl(host, `${name}/blobs/${digest}`) });
  if (answer.status === 404) return false;
  if (!answer.ok) throw await answer.error();
  return true;
}

/** Takes a blob over from another repository of the same registry. False where the registry wants its bytes. */
export async function mountBlob(transport: Transport, to: Reference, from: string, digest: string): Promise<boolean> {
  const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`;
  const answer = await transport({ method: 'POST', url: registryUrl(to.host, `${to.name}/blobs/uploads/?${query}`), retry: 2 });
  if (answer.status === 201) return true;
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
    // Not every registry mounts, and not every login reads the other repository. Its bytes may still be taken; that answer counts.
    await answer.body.cancel();
    return false;
  }
  if (answer.status !== 202) throw await answer.error();
  // The registry opened an upload instead; an upload of our own follows, so this one is given up.
  await answer.body.cancel();
  const location = locationOf(answer);
  await (await transport({ method: 'DELETE', url: location })).body.cancel();
  return false;
}

/** Puts a manifest under a tag or its digest. The registry must call it by the same digest. */
export async function pushManifest(transport: Transport, to: Reference, manifest: Descriptor & { readonly bytes: Uint8Array }): Promise<void> {
  const target = to.tag ?? manifest.digest;
  const answer = await transport({ method: 'PUT', url: registryUrl(to.host, `${to.name}/manifests/${target}`), headers: { 'content-type': manifest.mediaType }, body: manifest.bytes, shownBody: new TextDecoder().decode(manifest.bytes), retry: 3 });
  if (answer.status !== 201) throw await answer.error();
  await answer.body.cancel();
  const said = answer.headers.get('docker-content-digest');
  if (said !== null && said !== manifest.digest) throw answer.unexpected(`wrong digest: ${manifest.digest} was put, and the registry calls it ${said}`);
}

/** Deletes a manifest by digest, or a tag where the registry can. False when there was nothing. */
export async function deleteManifest(transport: Transport, reference: Reference): Promise<boolean> {
  const target = reference.digest ?? reference.tag ?? '';
  const answer = await transport({ method: 'DELETE', url: registryUrl(reference.host, `${reference.name}/manifests/${target}`) });
  if (answer.status === 404) return false;
  if (answer.status !== 202 && answer.status !== 200 && answer.status !== 204) throw await answer.error();
  await answer.body.cancel();
  return true;
}
