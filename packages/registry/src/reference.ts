// Image references as text: strict, and nothing is ever filled in. Pure. (domain §6.8)

/** An image reference. `repository` is `host/name`. A digest wins over a tag. */
export interface Reference {
  readonly host: string;
  /** Path below the host. */
  readonly name: string;
  /** `host/name`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:<64 hex>` or `sha512:<128 hex>`. */
  readonly digest?: string;
}

const namePattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const hostPattern = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const digestPattern = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

/**
 * Reads `host/name[:tag][@digest]`. The host must be written: `alpine` is a problem, never `docker.io/library/alpine`.
 * Never throws; `problem` says what is wrong and what was expected.
 */
export function parseReference(text: string): { readonly reference?: Reference; readonly problem?: string } {
  const address = /^([a-z]+):\/\/(.*)$/s.exec(text);
  if (address !== null) return { problem: `"${text}" is an address, expected a reference, without ${address[1] ?? ''}://` };
  const [beforeDigest = '', digest, ...more] = text.split('@');
  if (more.length > 0) return { problem: `"${text}" has more than one @, expected host/name[:tag][@digest]` };
  if (digest !== undefined && !digestPattern.test(digest)) return { problem: `"${digest}" is no digest, expected sha256: and 64 lower-case hex digits` };
  const slash = beforeDigest.indexOf('/');
  const host = slash === -1 ? '' : beforeDigest.slice(0, slash);
  if (!hostPattern.test(host) || !(/[.:]/.test(host) || host === 'localhost')) {
    return { problem: `"${text}" names no registry, expected a host in front such as registry.k8s.io/name:tag` };
  }
  const rest = beforeDigest.slice(slash + 1);
  const colon = rest.indexOf(':');
  const name = colon === -1 ? rest : rest.slice(0, colon);
  const tag = colon === -1 ? undefined : rest.slice(colon + 1);
  if (!namePattern.test(name)) return { problem: `"${name}" is no repository name, expected lower-case letters, digits and single . _ - between them` };
  if (tag !== undefined && !tagPattern.test(tag)) return { problem: `"${tag}" is no tag, expected 1 to 128 of letters, digits, _ . - not starting with . or -` };
  const repository = `${host}/${name}`;
  if (repository.length > 255) return { problem: `the name has ${repository.length} characters, expected at most 255` };
  return { reference: { host, name, repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) } };
}

/** The text of a reference. */
export function formatReference(reference: Reference): string {
  return `${reference.repository}${reference.tag === undefined ? '' : `:${reference.tag}`}${reference.digest === undefined ? '' : `@${reference.digest}`}`;
}
