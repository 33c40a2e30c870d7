// Makes a tar archive (ustar with GNU long names) that is the same bytes for the same files: sorted, owned by root, fixed time.

/** A file of a build context. Paths are relative, with `/`. */
export interface ContextFile {
  readonly path: string;
  /** True for an executable file. */
  readonly executable: boolean;
  /** For a symbolic link: where it points. Then `bytes` is empty. */
  readonly link?: string;
  readonly bytes: Uint8Array;
}

const block = 512;

/** The archive's bytes. `seconds` is the time of every entry. */
export function tarOf(files: readonly ContextFile[], seconds: number): Uint8Array {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const parts = sorted.flatMap((file) => [...longName(file.path), header(file, seconds), padded(file.bytes)]);
  return new Uint8Array(Buffer.concat([...parts, Buffer.alloc(2 * block)]));
}

function longName(path: string): Buffer[] {
  const bytes = Buffer.from(`${path}\0`);
  if (bytes.length <= 101) return [];
  return [entry({ name: '././@LongLink', mode: 0o644, size: bytes.length, seconds: 0, type: 'L', link: '' }), padded(bytes)];
}

function header(file: ContextFile, seconds: number): Buffer {
  const type = file.link === undefined ? '0' : '2';
  return entry({ name: file.path, mode: file.executable ? 0o755 : 0o644, size: file.bytes.length, seconds, type, link: file.link ?? '' });
}

function entry(of: { readonly name: string; readonly mode: number; readonly size: number; readonly seconds: number; readonly type: string; readonly link: string }): Buffer {
  const bytes = Buffer.alloc(block);
  const octal = (value: number, at: number, width: number): void => void bytes.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at);
  Buffer.from(of.name).copy(bytes, 0, 0, 100);
  octal(of.mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(of.size, 124, 12);
  octal(of.seconds, 136, 12);
  bytes.write('        ', 148);
  bytes.write(of.type, 156);
  Buffer.from(of.link).copy(bytes, 157, 0, 100);
  bytes.write('ustar\x0000', 257, 'latin1');
  bytes.write('root', 265);
  bytes.write('root', 297);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((block - (bytes.length % block)) % block)]);
}
