import type { CourseProgress, SectionView, TableView } from '$lib/api/schema';
import { commas, money, t } from '$lib/i18n/i18n.svelte';
import { live } from '$lib/live/live.svelte';
import { courseName } from '../order/courses';
import { joinedOf } from './sections';
import type { shownMark } from './tableAlert';
import { occupancyOf, stageOf, type TableStage } from './tableLook';

/** The course that makes a table be in its stage: the first that waits or cooks, the last that was carried. */
export function courseOf({ checks }: TableView, stage: TableStage): CourseProgress | undefined {
  const courses = checks
    .flatMap((check) => check.courses)
    .toSorted((one, other) => one.course - other.course);
  if (stage === 'ready') return courses.find(({ progress }) => progress === 'ready');
  if (stage === 'cooking')
    return courses.find(({ progress }) => progress === 'started' || progress === 'fired');
  return stage === 'served' ? courses.findLast(({ progress }) => progress === 'served') : undefined;
}

/** How far a party is, in words: "Mains · Cooking". */
export function stageWords(table: TableView): string {
  const stage = stageOf(table);
  const course = courseOf(table, stage);
  const words = t(`table.${stage}`);
  return course
    ? t('host.courseStage', { course: courseName(course.course), stage: words })
    : words;
}

/** What is left to pay once somebody began to; null before that, and when all is paid. */
export function leftWords(table: TableView): string | null {
  const { spendMinor, paidMinor } = occupancyOf(table);
  const isPartly = paidMinor > 0 && paidMinor < spendMinor;
  return isPartly ? t('host.left', { amount: money(spendMinor - paidMinor) }) : null;
}

/** A table as it is read aloud: where, how, and with whom it is. */
export function readWords(
  table: TableView,
  section: SectionView | null,
  mark: ReturnType<typeof shownMark>,
): string {
  const { covers, spendMinor, servers } = occupancyOf(table);
  const left = leftWords(table);
  const party = [
    t('host.covered', { n: covers }),
    money(spendMinor),
    ...(left ? [left] : []),
    ...servers,
  ];
  return commas([
    `${t('order.table')} ${table.name}`,
    stageWords(table),
    ...(section ? [section.name] : []),
    ...(mark ? [t(`alert.${mark}`)] : []),
    t('host.seats', { n: table.seats }),
    ...joinedOf(table).map((id) => t('host.joined', { table: live.tables.get(id)?.name ?? '' })),
    ...(table.checks.length > 0 ? party : []),
  ]);
}
