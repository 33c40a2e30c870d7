// Manifests and indexes as data, and the platforms they stand for. Pure.

/** What a registry says of a stored thing. */
export interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
}

/** An entry of an index. */
export interface IndexEntry extends Descriptor {
  /** `linux/arm64` or `linux/arm/v7`; absent where the entry names none. */
  readonly platform?: string;
  /** True for build attestations, which are no images. (domain §6.4) */
  readonly attestation: boolean;
}

/** A manifest whose bytes hash to its digest. */
export type Manifest = Descriptor & { readonly bytes: Uint8Array } & (
    | { readonly kind: 'image'; readonly config: Descriptor; readonly layers: readonly Descriptor[]; readonly annotations: Readonly<Record<string, string>> }
    | { readonly kind: 'index'; readonly entries: readonly IndexEntry[]; readonly annotations: Readonly<Record<string, string>> }
    /** Something older or stranger, such as a schema 1 manifest. */
    | { readonly kind: 'other' }
  );
