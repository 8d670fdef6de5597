/** A tab that nobody sees paints nothing; what waits for it goes on after this. */
const UNSEEN_MS = 100;

/** Resolves when what was changed until now is on the screen: what nobody sees can wait that long. */
export function painted(): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, document.hidden ? 0 : UNSEEN_MS);
    requestAnimationFrame(() => setTimeout(done));
  });
}
