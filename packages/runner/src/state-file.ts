// Writes a state file so that a crash leaves the old one or the new one, never half of one.
import { open, rename } from 'node:fs/promises';

/** Writes a file that is whole or not there, and on disk when this returns. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
