const PATIENCE_MS = 30_000;
const LOOK_MS = 100;

/** Waits until `holds` says so; what it throws means not yet. */
export async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  let last: unknown;
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`never: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
