import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Hedge } from './hedge';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const after = (ms: number, text: string) => () =>
  new Promise<Response>((resolve) => setTimeout(() => resolve(new Response(text)), ms));
const never = () => new Promise<Response>(() => undefined);
const fails = (ms: number, why: string) => () =>
  new Promise<Response>((_, reject) => setTimeout(() => reject(new Error(why)), ms));

/** Asks in these ways, one after the other; how often it asked, and what it heard. */
async function asked(hedge: Hedge, ...ways: (() => Promise<Response>)[]) {
  let count = 0;
  const heard = hedge
    .first(() => ways[count++]!())
    .then(
      (response) => response.text(),
      (problem: Error) => problem.message,
    );
  await vi.advanceTimersByTimeAsync(10_000);
  return { count, heard: await heard };
}

test('what is answered in time is asked once', async () => {
  expect(await asked(new Hedge(), after(30, 'first'))).toEqual({ count: 1, heard: 'first' });
});

test('what is late is asked once more, and the first answer counts', async () => {
  expect(await asked(new Hedge(), never, after(5, 'second'))).toEqual({
    count: 2,
    heard: 'second',
  });
  expect(await asked(new Hedge(), after(70, 'first'), never)).toEqual({
    count: 2,
    heard: 'first',
  });
});

test('what is lost twice is asked a third time, and then waited for', async () => {
  expect(await asked(new Hedge(), never, never, after(5, 'third'))).toEqual({
    count: 3,
    heard: 'third',
  });
  expect(await asked(new Hedge(), after(300, 'first'), never, never)).toEqual({
    count: 3,
    heard: 'first',
  });
});

test('what was lost makes nobody more patient', async () => {
  const hedge = new Hedge();
  for (let turn = 0; turn < 30; turn += 1)
    await asked(hedge, after(300, 'first'), after(5, 'second'));
  expect(await asked(hedge, after(45, 'late'), after(5, 'second'))).toEqual({
    count: 2,
    heard: 'late',
  });
});

test('where answers usually take long, more patience is had', async () => {
  const hedge = new Hedge();
  for (let turn = 0; turn < 30; turn += 1) await asked(hedge, after(30, 'usual'), never);
  expect(await asked(hedge, after(85, 'slow'))).toEqual({ count: 1, heard: 'slow' });
});

test('what fails at once is not asked again, and one failure of two is not heard of', async () => {
  expect(await asked(new Hedge(), fails(5, 'refused'))).toEqual({ count: 1, heard: 'refused' });
  expect(await asked(new Hedge(), fails(70, 'cut'), after(35, 'second'))).toEqual({
    count: 2,
    heard: 'second',
  });
  expect(await asked(new Hedge(), fails(70, 'cut'), fails(35, 'gone'))).toEqual({
    count: 2,
    heard: 'gone',
  });
});
