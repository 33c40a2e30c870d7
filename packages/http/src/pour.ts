// A body that is read while it is sent: never more of it in memory than the line takes.
import type { ClientRequest } from 'node:http';

/** Sends a body to its end, or until an answer comes before that. Rejects with the failure of the one who gives it. */
export async function pour(sent: ClientRequest, body: AsyncIterable<Uint8Array>): Promise<void> {
  let isOver = false;
  let wake: (() => void) | undefined;
  const end = (): void => {
    isOver = true;
    wake?.();
  };
  sent.once('response', end).once('close', end).on('drain', () => wake?.());
  try {
    for await (const part of body) {
      if (!isOver && !sent.write(part)) await new Promise<void>((resolve) => (wake = resolve));
      if (isOver) return;
    }
  } catch (error) {
    // once there is an answer, nobody wants the body any more
    if (isOver) return;
    throw error;
  }
  sent.end();
}
