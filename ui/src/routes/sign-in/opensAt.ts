import type { TerminalView } from '$lib/api/schema';

/** The address of what a terminal shows first. */
export function opensAt({ screen, station_slug: slug }: TerminalView): string {
  if (screen === 'home') return '/';
  if (screen === 'kitchen') return slug ? `/kitchen/${slug}` : '/';
  return `/${screen}`;
}
