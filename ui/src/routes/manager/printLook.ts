import type { PrinterView, PrintJobView } from '$lib/api/schema';
import type { IconName } from '$lib/ui/icons';
import type { Tone } from '$lib/ui/tone';

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
