import type { Message } from '../message';

export const demo = {
  'fault.paper_out': 'Paper out',
  'fault.paper_near_end': 'Paper low',
  'fault.cover_open': 'Open cover',
  'fault.offline': 'Offline',
  'fault.cut_cable': 'Cut cable',
  'fault.power_cycle': 'Power cycle',
  'fault.none': 'Make it right',

  'printers.title': 'Virtual devices',
  'printers.noSlips': 'No paper yet',

  'demoDevices.title': 'Devices on a wire: unplug them, press them, warm them',
  'demoDevices.bump_bar': 'Bump bar',
  'demoDevices.pager_base': 'Pager base',
  'demoDevices.call_button': 'Call button',
  'demoDevices.customer_display': 'Customer display',
  'demoDevices.beacon': 'Light or buzzer',
  'demoDevices.probe': 'Temperature probe',
  'demoDevices.drawer': 'Cash drawer',
  'demoDevices.call': 'Call',
  'demoDevices.bill': 'Bill',
  'demoDevices.cancel': 'Never mind',

  'lines.title': 'Cut a line and see what goes on',
  'lines.internet': 'Internet, to the relay',
  'lines.lan': 'Network, to the other hub',
  'lines.whole': 'Whole',
  'lines.cut': 'Cut',
} as const satisfies Record<string, Message>;
