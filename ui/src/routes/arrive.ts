const RETRY_MS = 2000;
const RELOADED = 'maitred.reloaded';

interface Told<Page> {
  there: (page: Page) => void;
  away: () => void;
}

/**
 * Loads a page's file until it is there; call the answer to give up.
 *
 * A hub that answers but has no such file has brought a newer build: the whole app is loaded anew, once.
 */
export function arrive<Page>(load: () => Promise<{ default: Page }>, told: Told<Page>): () => void {
  let left = false;
  const attempt = async () => {
    try {
      const { default: page } = await load();
      sessionStorage.removeItem(RELOADED);
      if (!left) told.there(page);
    } catch {
      if (left) return;
      told.away();
      await reloadOnce();
      setTimeout(() => void attempt(), RETRY_MS);
    }
  };
  void attempt();
  return () => (left = true);
}

async function reloadOnce(): Promise<void> {
  const answers = await fetch('/readyz').then(
    (response) => response.ok,
    () => false,
  );
  if (!answers || sessionStorage.getItem(RELOADED)) return;
  sessionStorage.setItem(RELOADED, 'yes');
  location.reload();
}
