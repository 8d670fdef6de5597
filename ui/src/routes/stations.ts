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
