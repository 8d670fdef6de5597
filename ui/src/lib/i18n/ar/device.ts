import type { Translation } from '../catalogue';
import type { device as original } from '../en/device';

export const device: Translation<typeof original> = {
  'device.title': 'هذا الجهاز',
  'device.persisted': 'يحتفظ المتصفح بما ينتظر هنا',
  'device.notPersisted': 'قد يحذف المتصفح ما ينتظر هنا إذا ضاقت المساحة',
  'device.opensAlone': 'يُفتح دون الخادم',
  'device.needsHub': 'لا يُفتح دون الخادم: يلزم https',
  'device.hubs': 'عناوين الخادم',
  'device.hubHere': 'هذا العنوان',
  'device.hubAdd': 'إضافة',
  'device.hubAddress': 'عنوان خادم آخر',
  'device.hubRemove': 'إزالة {address}',
  'device.hubBad': 'هذا ليس عنوانًا',
  'device.hubInUse': 'مستعمل',
};
