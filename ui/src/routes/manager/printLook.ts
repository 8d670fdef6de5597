import type { PrinterView, PrintJobView } from '$lib/api/schema';
import { businessDate, listed, t } from '$lib/i18n/i18n.svelte';
import type { IconName } from '$lib/ui/icons';
import type { Tone } from '$lib/ui/tone';
import { courseName } from '../order/courses';

interface Look {
  tone: Tone;
  icon: IconName;
}

export const healthLook: Record<PrinterView['health'], Look> = {
  ready: { tone: 'green', icon: 'check' },
  printing: { tone: 'blue', icon: 'printer' },
  paper_low: { tone: 'amber', icon: 'warning' },
  paper_out: { tone: 'red', icon: 'warning' },
  cover_open: { tone: 'red', icon: 'warning' },
  error: { tone: 'red', icon: 'warning' },
  unreachable: { tone: 'red', icon: 'offline' },
  unknown: { tone: 'grey', icon: 'clock' },
};

export const jobLook: Record<PrintJobView['state'], Look> = {
  queued: { tone: 'amber', icon: 'clock' },
  attempting: { tone: 'blue', icon: 'printer' },
  sent: { tone: 'blue', icon: 'check' },
  confirmed: { tone: 'green', icon: 'check' },
  indeterminate: { tone: 'red', icon: 'warning' },
  reprinted: { tone: 'grey', icon: 'undo' },
  expired: { tone: 'red', icon: 'clock' },
  dismissed: { tone: 'grey', icon: 'close' },
};

/** What a paper is, in the person's language: "Ticket · Check 7 · S12 · Mains". */
export function titleOf({ kind, about }: PrintJobView): string {
  const { is_void, check_number, place, course, date } = about;
  return listed([
    t(is_void ? 'paper.void' : `paper.${kind}`),
    check_number && t('order.check', { number: check_number }),
    place,
    course && courseName(course),
    date && businessDate(date),
  ]);
}
