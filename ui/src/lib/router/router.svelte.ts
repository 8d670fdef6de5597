/** Where the tab is. Pages are few and flat, so a route is just the path's segments. */
class Router {
  path = $state(location.pathname);
  /** There is a newer build: the next way leads out of this page and back in. */
  leavesPage = false;

  constructor() {
    addEventListener('popstate', () => (this.path = location.pathname));
    document.addEventListener('click', (event) => this.#followLink(event));
  }

  get segments(): string[] {
    return this.path.split('/').filter(Boolean).map(decodeURIComponent);
  }

  go(path: string, how: 'push' | 'replace' = 'push'): void {
    if (path === this.path) return;
    if (this.leavesPage) return location.assign(path);
    if (how === 'push') history.pushState(null, '', path);
    else history.replaceState(null, '', path);
    this.path = location.pathname;
    scrollTo(0, 0);
  }

  #followLink(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey) return;
    const link = (event.target as Element | null)?.closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.target || link.origin !== location.origin)
      return;
    event.preventDefault();
    this.go(link.pathname);
  }
}

export const router = new Router();
