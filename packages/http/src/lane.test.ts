import { expect, test } from 'vitest';
import { createLanes } from './lane.ts';

test('so many of one origin at once, the others in the order they came; other origins are not held up', async () => {
  const lanes = createLanes();
  const { signal } = new AbortController();
  const leaves = await Promise.all(Array.from({ length: 32 }, () => lanes.enter('https://a', signal)));
  const order: number[] = [];
  const enter = async (number: number): Promise<() => void> => {
    const leave = await lanes.enter('https://a', signal);
    order.push(number);
    return leave;
  };
  const late = [enter(1), enter(2)];
  (await lanes.enter('https://b', signal))();
  await Promise.resolve();
  expect(order).toEqual([]);
  leaves[0]?.();
  leaves[0]?.();
  await late[0];
  expect(order).toEqual([1]);
  leaves[1]?.();
  await late[1];
  expect(order).toEqual([1, 2]);
});

test('who gives up leaves the queue', async () => {
  const lanes = createLanes();
  const patient = new AbortController();
  const leaves = await Promise.all(Array.from({ length: 32 }, () => lanes.enter('https://a', patient.signal)));
  const impatient = new AbortController();
  const waiting = lanes.enter('https://a', impatient.signal);
  impatient.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  const next = lanes.enter('https://a', patient.signal);
  leaves[0]?.();
  expect(await next).toBeTypeOf('function');
});
