/** Each station's pages are files of their own, so that a kitchen's screen loads nothing of the till. */
export const stations = {
  home: () => import('./home/Home.svelte'),
  host: () => import('./host/Host.svelte'),
  orders: () => import('./order/OrderIndex.svelte'),
  check: () => import('./order/CheckPage.svelte'),
  pay: () => import('./pay/Pay.svelte'),
  kitchen: () => import('./kitchen/Kitchen.svelte'),
  expo: () => import('./expo/Expo.svelte'),
  manager: () => import('./manager/Manager.svelte'),
  printers: () => import('./printers/Printers.svelte'),
  setup: () => import('./setup/Setup.svelte'),
};

export const signIn = () => import('./sign-in/SignIn.svelte');

type Station = keyof typeof stations;

const ONE_PAGE = ['host', 'kitchen', 'expo', 'manager', 'printers', 'setup'] as const;

/** The station at an address; null when nothing is there. */
export function stationAt([page, id, part]: string[]): Station | null {
  if (page === undefined) return 'home';
  if (page === 'order') return id ? (part === 'pay' ? 'pay' : 'check') : 'orders';
  return ONE_PAGE.find((one) => one === page) ?? null;
}
