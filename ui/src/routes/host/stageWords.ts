import type { CourseProgress, TableView } from '$lib/api/schema';
import { money, t } from '$lib/i18n/i18n.svelte';
import { courseName } from '../order/courses';
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
