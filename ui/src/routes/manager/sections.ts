import type { Component } from 'svelte';
import type { Permission } from '$lib/api/schema';
import type { Key } from '$lib/i18n/catalogue';
import AttentionPage from './AttentionPage.svelte';
import AuditPage from './AuditPage.svelte';
import AvailabilityPage from './AvailabilityPage.svelte';
import BackupPage from './backup/BackupPage.svelte';
import DevicesPage from './devices/DevicesPage.svelte';
import ClosePage from './ClosePage.svelte';
import DayPage from './DayPage.svelte';
import DrawerPage from './DrawerPage.svelte';
import MenuPage from './menu/MenuPage.svelte';
import PrintersPage from './printers/PrintersPage.svelte';
import PrintingPage from './PrintingPage.svelte';
import StaffPage from './staff/StaffPage.svelte';
import StationsPage from './stations/StationsPage.svelte';
import TaxesPage from './taxes/TaxesPage.svelte';
import TerminalsPage from './terminals/TerminalsPage.svelte';
import DaysPage from './days/DaysPage.svelte';
import FloorEditPage from './floor/FloorEditPage.svelte';
import HistoryPage from './history/HistoryPage.svelte';
import SettingsPage from './settings/SettingsPage.svelte';
import ReportsPage from './reports/ReportsPage.svelte';

/** What the manager looks at in an evening, and what the venue is made of. */
export type SectionGroup = 'today' | 'venue';

export interface Section {
  slug: string;
  name: Extract<Key, `manager.${string}`>;
  needs: Permission;
  group: SectionGroup;
  /** A plan takes all the room there is; what is read has a measure. */
  isWide?: boolean;
  /** Reads what stands after its own address from the router. */
  page: Component<Record<string, never>>;
}

/** In the order they are shown. A page of the manager's is a line here. */
export const sections: Section[] = [
  { slug: 'day', name: 'manager.day', needs: 'view_reports', group: 'today', page: DayPage },
  { slug: 'drawer', name: 'manager.drawer', needs: 'drawer', group: 'today', page: DrawerPage },
  { slug: 'close', name: 'manager.close', needs: 'close_day', group: 'today', page: ClosePage },
  { slug: 'days', name: 'manager.days', needs: 'view_reports', group: 'today', page: DaysPage },
  {
    slug: 'history',
    name: 'manager.history',
    needs: 'view_reports',
    group: 'today',
    page: HistoryPage,
  },
  {
    slug: 'reports',
    name: 'manager.reports',
    needs: 'view_reports',
    group: 'today',
    page: ReportsPage,
  },
  {
    slug: 'attention',
    name: 'manager.attention',
    needs: 'view_reports',
    group: 'today',
    page: AttentionPage,
  },
  { slug: 'audit', name: 'manager.audit', needs: 'view_audit', group: 'today', page: AuditPage },
  {
    slug: 'printing',
    name: 'manager.printing',
    needs: 'print',
    group: 'today',
    page: PrintingPage,
  },
  {
    slug: 'availability',
    name: 'manager.availability',
    needs: 'eighty_six',
    group: 'today',
    page: AvailabilityPage,
  },
  { slug: 'menu', name: 'manager.menu', needs: 'edit_menu', group: 'venue', page: MenuPage },
  { slug: 'taxes', name: 'manager.taxes', needs: 'edit_menu', group: 'venue', page: TaxesPage },
  {
    slug: 'stations',
    name: 'manager.stations',
    needs: 'edit_settings',
    group: 'venue',
    page: StationsPage,
  },
  {
    slug: 'printers',
    name: 'manager.printers',
    needs: 'edit_settings',
    group: 'venue',
    page: PrintersPage,
  },
  {
    slug: 'devices',
    name: 'manager.devices',
    needs: 'edit_settings',
    group: 'venue',
    page: DevicesPage,
  },
  {
    slug: 'terminals',
    name: 'manager.terminals',
    needs: 'edit_settings',
    group: 'venue',
    page: TerminalsPage,
  },
  { slug: 'staff', name: 'manager.staff', needs: 'edit_staff', group: 'venue', page: StaffPage },
  {
    slug: 'floor',
    name: 'manager.floor',
    needs: 'edit_floor',
    group: 'venue',
    page: FloorEditPage,
    isWide: true,
  },
  {
    slug: 'settings',
    name: 'manager.settings',
    needs: 'edit_settings',
    group: 'venue',
    page: SettingsPage,
  },
  {
    slug: 'backup',
    name: 'manager.backup',
    needs: 'edit_settings',
    group: 'venue',
    page: BackupPage,
  },
];
